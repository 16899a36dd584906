"""Audio tools: transcription and speech."""

from __future__ import annotations

from core_302.tools.settings import SpeechSettings, TranscriptionSettings
from core_302.tools.speak import SPEAK
from core_302.tools.transcribe import TRANSCRIBE
from llama_index_302.client_fields import connected
from llama_index_302.tools.capability_tool import CapabilityTool, TaskTool


@connected
class AI302TranscriptionTool(CapabilityTool, TranscriptionSettings):
    """Lets an agent know what is said in a recording, with times and speakers where they are known.

    Use:
        ```python
        from llama_index_302 import AI302TranscriptionTool

        hear = AI302TranscriptionTool(allowed_dirs=["calls"], output_dir="made", budget=1.0)
        print(hear(audio="monday.mp3"))
        ```

    A recording goes to 302.AI. Its `raw_output` has `text`, `segments`, `words`, `language`,
    `duration`, `request_id` and `cost`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = TRANSCRIBE


@connected
class AI302SpeechTool(TaskTool, SpeechSettings):
    """Lets an agent read a text aloud, with any voice of 302.AI.

    Use:
        ```python
        from llama_index_302 import AI302SpeechTool

        speak = AI302SpeechTool(output_dir="made", voice="nova", output_format="mp3", budget=1.0)
        print(speak(text="Good morning!"))
        ```

    Which voices there are, `core_302.Client().voices()` lists. `on_progress` is called with the
    progress of the task, and `resume(task_id)` waits for it again after an interruption.
    `raw_output` has `files`, `task_id` and `cost`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = SPEAK
