"""The video tool: a video from words or from images."""

from __future__ import annotations

from core_302.tools.generate_video import GENERATE_VIDEO
from core_302.tools.settings import VideoSettings
from llama_index_302.client_fields import connected
from llama_index_302.tools.capability_tool import TaskTool


@connected
class AI302VideoTool(TaskTool, VideoSettings):
    """Lets an agent make a video from words or from images, with any video model of 302.AI.

    Use:
        ```python
        from llama_index_302 import AI302VideoTool

        film = AI302VideoTool(output_dir="videos", budget=5.0)
        film(prompt="waves at dusk, slow pan", duration=5)
        ```

    A video takes minutes: `on_progress` is called with the progress of its task, and
    `resume(task_id)` waits for it again after an interruption. `raw_output` has `files`, `task_id`
    and `cost`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = GENERATE_VIDEO
