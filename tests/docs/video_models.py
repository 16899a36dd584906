"""The table of video models, written by `make options` into `docs/evidence/video-models.md`.

Each row is derived from the catalogue: the fields with their bounds, source and date.
"""

from pathlib import Path

from core_302.catalogue import video_model_facts, video_models
from core_302.options.video import DEFAULT_VIDEO_MODEL
from core_302.options.video_rules import JUDGED

PAGE = Path(__file__).parents[2] / "docs" / "evidence" / "video-models.md"
HEAD = f"""# Video models

What the catalogue (`core_302/catalogue/videos.json`) knows, written from it by `make options`. A
model that is not here is sent as it is. A value that is out of a bound here is refused before it is
paid for, and `extra_body` sends it all the same, as
[for images](../decisions/0023-image-requests.md). The default is `{DEFAULT_VIDEO_MODEL}`.
What the gateway itself lists now, `make live` asks.

"""


def page():
    """Return the whole page."""
    known = [video_model_facts(name) for name in video_models()]
    sources = list(dict.fromkeys(facts.source.text for facts in known))
    parts = [HEAD]
    for number, text in enumerate(sources, 1):
        its = [facts for facts in known if facts.source.text == text]
        source = its[0].source
        parts.append(
            f"## Source {number}: {source.name}\n\n{text}; dated {source.dated}. "
            f"Models: {len(its)}, {'offered' if source.today else 'not known to be offered'} "
            "then.\n\n| model | fields, with their bounds | others, for `extra_body` |\n"
            "|---|---|---|\n"
        )
        parts += [_row(facts) for facts in its]
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def _row(facts):
    taken = [(name, known) for name in JUDGED if (known := facts.takes(name)) is not None]
    fields = [f"`{name}`{_bounds(name, known)}" for name, known in taken]
    if facts.needs_image:
        fields.append("for work on images alone")
    if facts.wire:
        fields.append(f"sent as `{facts.wire}`")
    extra = ", ".join(f"`{name}`: {what}" for name, what in facts.extra.items())
    return f"| `{facts.name}` | {', '.join(fields)} | {extra} |\n"


def _bounds(name, known):
    unit = " s" if name == "duration" else ""
    bounds = [f"{known.rule}{unit}"] if known.rule else []
    if known.with_images is not None:
        added = [value for value in known.with_images if value not in (known.values or ())]
        bounds.append(f"with images also {', '.join(added)}" if added else "not with images")
    return f" ({'; '.join(bounds)})" if bounds else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
