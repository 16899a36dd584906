"""Every capability that an agent can be given, in the order of a toolkit.

The adapters name each in a class of their own, for editors and docstrings; a test compares. What
needs no class a capability, such as a server of tools, takes them from here.
"""

from __future__ import annotations

from core_302.tools.capability import Capability
from core_302.tools.edit_image import EDIT_IMAGE
from core_302.tools.erase_from_image import ERASE_FROM_IMAGE
from core_302.tools.generate_avatar import GENERATE_AVATAR
from core_302.tools.generate_image import GENERATE_IMAGE
from core_302.tools.generate_video import GENERATE_VIDEO
from core_302.tools.read_file import READ_FILE
from core_302.tools.read_image import READ_IMAGE
from core_302.tools.read_page import READ_PAGE
from core_302.tools.remove_background import REMOVE_BACKGROUND
from core_302.tools.run_code import RUN_CODE
from core_302.tools.speak import SPEAK
from core_302.tools.transcribe import TRANSCRIBE
from core_302.tools.upscale_image import UPSCALE_IMAGE
from core_302.tools.web_search import SEARCH

CAPABILITIES: tuple[Capability, ...] = (
    GENERATE_IMAGE,
    EDIT_IMAGE,
    REMOVE_BACKGROUND,
    UPSCALE_IMAGE,
    ERASE_FROM_IMAGE,
    GENERATE_AVATAR,
    SEARCH,
    READ_IMAGE,
    READ_PAGE,
    READ_FILE,
    RUN_CODE,
    GENERATE_VIDEO,
    TRANSCRIBE,
    SPEAK,
)
"""Every capability, in the order of a toolkit."""
