"""Image tools: draw, change, cut out, enlarge, erase, and make avatars."""

from __future__ import annotations

from core_302.tools.edit_image import EDIT_IMAGE
from core_302.tools.erase_from_image import ERASE_FROM_IMAGE
from core_302.tools.generate_avatar import GENERATE_AVATAR
from core_302.tools.generate_image import GENERATE_IMAGE
from core_302.tools.remove_background import REMOVE_BACKGROUND
from core_302.tools.settings import AvatarSettings, ImageSettings, ProcessingSettings
from core_302.tools.upscale_image import UPSCALE_IMAGE
from langchain_302.client_fields import connected
from langchain_302.tools.capability_tool import TaskTool


@connected
class AI302ImageTool(TaskTool, ImageSettings):
    """Lets an agent draw images with any image model of 302.AI.

    Setup:
        `pip install langchain-302`, and set the environment variable `AI302_API_KEY`.

    Use:
        ```python
        from langchain.agents import create_agent
        from langchain_302 import AI302ImageTool, ChatAI302

        draw = AI302ImageTool(output_dir="images", max_images=5)
        agent = create_agent(ChatAI302(model="gpt-4o"), tools=[draw])
        ```

    The tool message tells the model where each image is. Its `artifact` is a
    `core_302.tools.image_tool.Report`: links, paths, media types, sizes, model, request id, task
    id, cost and the raw response, as plain values. A paid job is sent once, unless the gateway
    surely did nothing. Callbacks get the progress of a task as the custom event `ai302_progress`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = GENERATE_IMAGE


@connected
class AI302EditImageTool(TaskTool, ImageSettings):
    """Lets an agent change or combine given images, with any image model that works on some.

    Use:
        ```python
        from langchain_302 import AI302EditImageTool

        edit = AI302EditImageTool(allowed_dirs=["photos"], output_dir="images", max_images=5)
        edit.invoke({"prompt": "the same place at night", "images": ["harbour.png"]})
        ```

    Given images go to 302.AI. What it returns, and what the operator can set, is as for
    `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = EDIT_IMAGE


@connected
class AI302RemoveBackgroundTool(TaskTool, ProcessingSettings):
    """Lets an agent remove the background of an image.

    Use:
        ```python
        from langchain_302 import AI302RemoveBackgroundTool

        cut = AI302RemoveBackgroundTool(allowed_dirs=["photos"], output_dir="images")
        cut.invoke({"image": "face.png"})
        ```

    A given image goes to 302.AI, and is not uploaded to where others can read it. What it returns,
    and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = REMOVE_BACKGROUND


@connected
class AI302UpscaleTool(TaskTool, ProcessingSettings):
    """Lets an agent enlarge an image, up to four times as wide and as high.

    Use:
        ```python
        from langchain_302 import AI302UpscaleTool

        enlarge = AI302UpscaleTool(allowed_dirs=["photos"], output_dir="images")
        enlarge.invoke({"image": "face.png", "scale": 4})
        ```

    A given image goes to 302.AI, and is not uploaded to where others can read it. What it returns,
    and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = UPSCALE_IMAGE


@connected
class AI302EraseTool(TaskTool, ProcessingSettings):
    """Lets an agent erase from an image what a mask covers.

    Use:
        ```python
        from langchain_302 import AI302EraseTool

        erase = AI302EraseTool(allowed_dirs=["photos"], output_dir="images")
        erase.invoke({"image": "beach.png", "mask": "mask.png"})
        ```

    A given image goes to 302.AI, and is not uploaded to where others can read it. What it returns,
    and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = ERASE_FROM_IMAGE


@connected
class AI302AvatarTool(TaskTool, AvatarSettings):
    """Lets an agent make avatars from a photo of a face, in one of 17 styles or in your own.

    Use:
        ```python
        from langchain_302 import AI302AvatarTool

        avatars = AI302AvatarTool(output_dir="avatars", allowed_dirs=["photos"], max_images=8)
        avatars.invoke({"image": "me.png", "person_type": "female", "style": "Watercolor"})
        ```

    What it returns, and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = GENERATE_AVATAR
