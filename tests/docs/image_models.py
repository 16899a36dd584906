"""The table of image models, written by `make options` into `docs/evidence/image-models.md`.

Each row is derived from the catalogue: the endpoint, the fields with their bounds, source and date.
"""

from pathlib import Path

from core_302.catalogue import image_model_facts, image_models
from core_302.options.image_rules import JUDGED
from core_302.tools.image_tool import DEFAULT_IMAGE_MODEL

PAGE = Path(__file__).parents[2] / "docs" / "evidence" / "image-models.md"
ENDPOINTS = {
    "v1": "`/302/image/generate`",
    "v2": "`/302/v2/image/generate`",
    "openai": "`/v1/images/generations`, `/v1/images/edits`",
}
HEAD = f"""# Image models

What the catalogue (`core_302/catalogue/images.json`) knows, written from it by `make options`. A
model that is not here is sent as it is. A value that is out of a bound here is refused before it is
paid for, and `extra_body` sends it all the same
([decision 0023](../decisions/0023-image-requests.md)). The default is `{DEFAULT_IMAGE_MODEL}`.
Which of them 302.AI offers now, `make live` asks.

"""


def page():
    """Return the whole page."""
    known = [image_model_facts(name) for name in image_models()]
    sources = list(dict.fromkeys(facts.source.text for facts in known))
    parts = [HEAD]
    for number, text in enumerate(sources, 1):
        its = [facts for facts in known if facts.source.text == text]
        source = its[0].source
        parts.append(
            f"## Source {number}: {source.name}\n\n{text}; dated {source.dated}. "
            f"Endpoint: {ENDPOINTS[source.endpoint]}. Models: {len(its)}, "
            f"{'offered' if source.today else 'not known to be offered'} then.\n\n"
            "| model | fields, with their bounds | others, for `extra_body` |\n|---|---|---|\n"
        )
        parts += [_row(facts) for facts in its]
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def _row(facts):
    taken = [(name, known) for name in JUDGED if (known := facts.takes(name)) is not None]
    fields = [f"`{name}`" + (f" ({known.rule})" if known.rule else "") for name, known in taken]
    if "sides" in facts.fields:
        fields.append(f"width x height ({facts.fields['sides'].rule})")
    if facts.ratios:
        fields.append(f"`aspect_ratio` ({', '.join(facts.ratios)}), sent as a size")
    elif facts.pixels:
        fields.append("`aspect_ratio`, sent as a size")
    if facts.least_pixels:
        fields.append(f"at least {facts.least_pixels:,} pixels")
    if (size := facts.takes("size")) is not None and size.with_images:
        fields.append(f"with images `size` {' or '.join(size.with_images)} alone")
    if facts.needs_image:
        fields.append("needs an image")
    extra = ", ".join(f"`{name}`: {what}" for name, what in facts.extra.items())
    return f"| `{facts.name}` | {', '.join(fields)} | {extra} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
