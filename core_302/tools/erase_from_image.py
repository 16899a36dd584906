"""erase_from_image: what a mask covers is filled with what is around it."""

from core_302.flows.image_processing import erase
from core_302.options.image_processing import EraseRequest
from core_302.tools.image_processing import processing

ERASE_FROM_IMAGE = processing(
    "erase_from_image",
    "Erase an object from an image where a second image, the mask, is white; what is around it "
    "fills the gap. Answers with the link of the result.",
    EraseRequest,
    erase,
    "erased",
    "302.AI's command-line tool, cli-302ai 1.0.5, which posts to /302/submit/erase",
)
