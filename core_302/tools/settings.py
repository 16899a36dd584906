"""What an operator sets for tools, each setting declared once for both frameworks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core_302.errors import InvalidInputError
from core_302.options.chat import Search, WebSearch
from core_302.options.code import LONGEST_RUN, SecretVariables, Variables
from core_302.options.declaration import Declared, Text
from core_302.options.file import FileFields
from core_302.options.retrieval import (
    DEFAULT_RESULTS,
    MaxResults,
    SearchFields,
    SearchOptions,
    options_in,
)
from core_302.options.speech import (
    DEFAULT_PROVIDER,
    DEFAULT_VOICE,
    LONGEST_TEXT,
    USUAL_TEXT,
    Volume,
)
from core_302.options.transcription import TranscriptionFields
from core_302.options.video import DEFAULT_VIDEO_MODEL, LONGEST_WAIT, check_webhook
from core_302.tools.budget import ASSUMED_PRICE
from core_302.tools.file_store import Folder
from core_302.tools.image_tool import DEFAULT_IMAGE_MODEL

if TYPE_CHECKING:
    from typing_extensions import Self

DEFAULT_MODEL = "gpt-4o-mini"
Ocr = bool | Literal["auto"] | Text
Amount = Annotated[float, Field(gt=0)]


class FileSettings(Declared):
    """Which files of this machine a model may name."""

    allowed_dirs: Sequence[Folder] = ()
    """Folders that a model may name files in. None is allowed by default."""


class PaidSettings(Declared):
    """What tools may spend, whatever they make."""

    budget: Amount | None = None
    """The most money in the lifetime of these tools, in PTC (1 PTC is 1 US dollar), also under
    concurrent calls."""
    look_up_cost: bool = True
    """Look up what each job cost in the gateway's records: one more call, which is free."""


class MadeFileSettings(PaidSettings):
    """Where paid files are kept."""

    output_dir: Folder | None = None
    """Where files are saved. None: they stay on the gateway's file host, and only their links are
    returned.
    """


class ImageJobSettings(FileSettings, MadeFileSettings):
    """What is done with paid images: where they are saved, and how many may be made."""

    max_images: Annotated[int, Field(ge=1)] | None = None
    """The most images in the lifetime of these tools, also under concurrent calls."""
    assumed_price: Amount = ASSUMED_PRICE
    """The assumed cost of an image until its record is read, in PTC."""
    on_unsupported: Literal["error", "adjust"] = "error"
    """What is done about a value that the model does not support: see `ImageRequest`."""


class ImageSettings(ImageJobSettings):
    """What an operator sets for `generate_image`, and for `edit_image`.

    Each of the two offers those of the models that can do what it is for.
    """

    model: Text = DEFAULT_IMAGE_MODEL
    """The image model, one of `core_302.catalogue.image_models()` or a newer one."""
    more_models: Sequence[Text] = ()
    """Other models that the agent may choose; with none, it has no choice."""
    as_task: bool | None = None
    """Order a task and poll it, or ask in one call. None: a task, where the model's endpoint has
    them. A task reports its progress, and can be resumed after an interruption."""


class ProcessingSettings(ImageJobSettings):
    """What an operator sets for `remove_background`, `upscale_image` and `erase_from_image`."""


class AvatarSettings(ImageJobSettings):
    """What an operator sets for `generate_avatar`."""

    prompt_model: Text | None = None
    """The language model that writes the prompt; the gateway's default is gpt-4.1."""


class SearchSettings(PaidSettings, SearchFields):
    """What an operator sets for `web_search`.

    A category or a time range that is set here holds for every search; one that is not is the
    model's to choose, among the words that the provider knows.
    """

    max_results: MaxResults = DEFAULT_RESULTS
    """The most results of a search. The model may ask for fewer, never for more."""
    excerpt_length: Annotated[int, Field(ge=100, le=10_000)] = 1_000
    """The most characters of each page that the model reads; the report has all that came."""
    answer_model: Text | None = None
    """A language model that searches the web by itself and writes an answer with its sources, as a
    chat with `web_search` does. None: the agent reads the results themselves."""
    answer_search: Search = WebSearch()
    """How `answer_model` searches, or the name of its service alone, such as "tavily"."""

    @model_validator(mode="after")
    def _asks_one_of_the_two(self) -> Self:
        fields, given = SearchFields.model_fields, vars(self)
        own = [name for name in fields if given[name] != fields[name].default]
        if self.answer_model is not None and own:
            raise InvalidInputError(
                f"{', '.join(own)}: it is for the unified search, which is not asked where "
                "answer_model is set. How that model searches goes in answer_search."
            )
        if self.answer_model is None and self.answer_search != WebSearch():
            raise InvalidInputError(
                "answer_search: it is how answer_model searches. Set answer_model too, or else "
                "provider and the other options of the unified search."
            )
        if own:
            options_in(SearchOptions, self)
        return self


def _named_provider(value: Any) -> Any:
    """Return a text that names a provider as fields of `SearchSettings`; all else as it is."""
    if isinstance(value, WebSearch):
        raise ValueError(
            "must be a provider's name or SearchSettings(...). To have a language model search and "
            "answer: SearchSettings(answer_model=..., answer_search=WebSearch(...))"
        )
    return {"provider": value} if isinstance(value, str) else value


class ReadPageSettings(PaidSettings):
    """What an operator sets for `read_page`."""

    part_length: Annotated[int, Field(ge=500, le=50_000)] = 20_000
    """The most characters of a page that one call tells the model; it may read on."""


class ReadImageSettings(FileSettings):
    """What an operator sets for `read_image`."""

    model: Text = DEFAULT_MODEL
    """The language model that answers."""
    ocr: Ocr = "auto"
    """How images are read: "auto" (another model reads where the answering one cannot see), True,
    or a model's name."""


class ReadFileSettings(FileSettings, MadeFileSettings, FileFields):
    """What an operator sets for `read_file`.

    A text that is too long for one answer is saved in `output_dir`, where the agent can read on.
    """


class CodeSettings(MadeFileSettings):
    """What an operator sets for `run_code`."""

    time_limit: Annotated[int, Field(ge=1, le=LONGEST_RUN)] = 30
    """How long a program may run, in seconds; each is paid for. 302.AI's own default is 5."""
    envs: Variables = Field(default_factory=SecretVariables, exclude=True, repr=False)
    """Environment variables of every program. Treated as secret, and never shown; but a program,
    which a model writes, can read them and send them wherever it likes."""


class VideoSettings(FileSettings, MadeFileSettings):
    """What an operator sets for `generate_video`."""

    model: Text = DEFAULT_VIDEO_MODEL
    """The video model, one of `core_302.catalogue.video_models()` or a newer one."""
    more_models: Sequence[Text] = ()
    """Other models that the agent may choose; with none, it has no choice."""
    webhook: Annotated[Text, AfterValidator(check_webhook)] | None = None
    """An https link of yours that the gateway calls when a video is done."""
    longest_wait: Amount = LONGEST_WAIT
    """How long a video is waited for, in seconds. `timeout` (its `job`) limits the order and each
    poll. A video that takes longer is not lost: `resume` waits for it again."""
    assumed_price_of_second: Amount = 0.2
    """The assumed cost of a second of video until its record is read, in PTC."""
    on_unsupported: Literal["error", "adjust"] = "error"
    """What is done about a value that the model does not support: see `VideoRequest`."""


class TranscriptionSettings(FileSettings, MadeFileSettings, TranscriptionFields):
    """What an operator sets for `transcribe`.

    A transcript that is too long for one answer is saved in `output_dir`.
    """

    assumed_price_of_minute: Amount = 0.006
    """The assumed cost of a minute of audio until its record is read, in PTC."""


class SpeechSettings(MadeFileSettings):
    """What an operator sets for `speak`."""

    provider: Text = DEFAULT_PROVIDER
    """Whose voices speak: see `Client.voices`."""
    voice: Text = DEFAULT_VOICE
    """The voice, one of the provider's."""
    more_voices: Sequence[Text] = ()
    """Other voices of the provider that the agent may choose; with none, it has no choice."""
    model: Text | None = None
    """The provider's model; None: the gateway's choice."""
    output_format: Text | None = None
    """Such as "mp3" or "wav"; None: the provider's own."""
    volume: Volume | None = None
    """0 to 2; 1 is usual."""
    emotion: Text | None = None
    """Such as "happy", for voices that have some."""
    longest_text: Annotated[int, Field(ge=1, le=LONGEST_TEXT)] = USUAL_TEXT
    """The most characters of one text. OpenAI's voices take 4,096; others may take more."""
    assumed_price_of_thousand: Amount = 0.1
    """The assumed cost of a thousand characters until its record is read, in PTC."""


class SelectionSettings(ImageJobSettings):
    """What an operator sets for several tools that share one client, one budget and one folder."""

    image_model: Text = DEFAULT_IMAGE_MODEL
    """The image model, one of `core_302.catalogue.image_models()` or a newer one."""
    more_image_models: Sequence[Text] = ()
    """Other models that the agent may choose, of those that can do what a tool is for: one may
    draw, and another one change images."""
    as_task: bool | None = None
    """Order images as tasks and poll them, or ask in one call. None: tasks, where the model's
    endpoint has them. A task reports its progress, and can be resumed after an interruption."""
    avatar_prompt_model: Text | None = None
    """The language model that writes an avatar's prompt; the gateway's default is gpt-4.1."""
    answering_model: Text = DEFAULT_MODEL
    """The language model behind `read_image`."""
    search: Annotated[SearchSettings, BeforeValidator(_named_provider)] = SearchSettings()
    """Settings of `web_search`, or the name of a provider alone, such as "tavily"; the limits are
    those of the selection."""
    ocr: Ocr = "auto"
    """How images are read: "auto" (another model reads where the answering one cannot see), True,
    or a model's name."""
    pages: ReadPageSettings = ReadPageSettings()
    """Settings of `read_page`; limits are those of the selection."""
    files: ReadFileSettings = ReadFileSettings()
    """Settings of `read_file`; folders and limits are those of the selection."""
    code: CodeSettings = CodeSettings()
    """The settings of `run_code` alone."""
    video: VideoSettings = VideoSettings()
    """The settings of `generate_video` alone."""
    transcription: TranscriptionSettings = TranscriptionSettings()
    """The settings of `transcribe` alone."""
    speech: SpeechSettings = SpeechSettings()
    """The settings of `speak` alone."""


# The name of a tool's setting where several tools are configured together.
SELECTION_NAMES = {
    ("generate_image", "model"): "image_model",
    ("generate_image", "more_models"): "more_image_models",
    ("edit_image", "model"): "image_model",
    ("edit_image", "more_models"): "more_image_models",
    ("generate_avatar", "prompt_model"): "avatar_prompt_model",
    ("read_image", "model"): "answering_model",
}


# The field of a selection that holds all settings of a capability beside the shared ones.
SELECTION_FIELDS: dict[str, str] = {
    "web_search": "search",
    "read_page": "pages",
    "read_file": "files",
    "run_code": "code",
    "generate_video": "video",
    "transcribe": "transcription",
    "speak": "speech",
}


def settings_in(selection: object, capability: str, kind: type[Declared]) -> dict[str, object]:
    """Return a selection's settings for one capability, under that capability's own names.

    Folders and limits are the selection's, whatever the capability's own settings say.
    """
    named = {name: SELECTION_NAMES.get((capability, name), name) for name in kind.model_fields}
    its = {name: getattr(selection, to) for name, to in named.items() if hasattr(selection, to)}
    if (field := SELECTION_FIELDS.get(capability)) is None:
        return its
    return {**dict(getattr(selection, field)), **its}
