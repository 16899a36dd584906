"""remove_background: what is in front stays, all else becomes transparent."""

from core_302.flows.image_processing import remove_background
from core_302.options.image_processing import RemoveBackgroundRequest
from core_302.tools.image_processing import processing

REMOVE_BACKGROUND = processing(
    "remove_background",
    "Remove the background of an image: all but its subject becomes transparent. Answers with the "
    "link of the result, a PNG.",
    RemoveBackgroundRequest,
    remove_background,
    "background removed",
    "302.AI's drawing board, which posts to /302/submit/removebg",
)
