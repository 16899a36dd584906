"""Avatars: how to request them (page "AI Avatar Maker"). The reply is read as other images are.

The page has a form beside the JSON; that its file field is called `image`, like the JSON's, is
inferred from its text, not shown.
"""

from __future__ import annotations

from core_302.endpoints.images import paid_form, paid_json
from core_302.http import Request
from core_302.options.avatar import AvatarRequest

AVATAR_PATH = "/302/headshot/generate"
FIELDS = ("image", "person_type", "custom_prompt", "num", "width", "height", "model")


def avatar_request(asked: AvatarRequest) -> Request:
    """Build the request for avatars: JSON, or a form if the photo is bytes."""
    values = {name: getattr(asked, name) for name in FIELDS}
    if asked.style is not None:
        values["style"] = asked.style.number
    values = {name: value for name, value in values.items() if value is not None}
    values |= asked.extra_body or {}
    if isinstance(asked.image, bytes):
        return paid_form(AVATAR_PATH, values)
    return paid_json(AVATAR_PATH, values)
