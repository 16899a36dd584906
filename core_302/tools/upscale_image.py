"""upscale_image: the same image, larger and sharper."""

from core_302.flows.image_processing import upscale
from core_302.options.image_processing import UpscaleRequest
from core_302.tools.image_processing import processing

UPSCALE_IMAGE = processing(
    "upscale_image",
    "Enlarge an image 1 to 4 times and sharpen it; what it shows stays the same. Answers with the "
    "link of the result.",
    UpscaleRequest,
    upscale,
    "enlarged",
    "302.AI's command-line tool, cli-302ai 1.0.5, which posts to /302/submit/upscale-v6",
)
