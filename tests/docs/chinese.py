"""The pages in Chinese: prose of their own, and the code, outputs and anchors of the English page.

`python -m tests.docs.chinese` writes those blocks and anchors anew. A fence of the Chinese page is
the English one at the same place, and so is the name of a heading, that links lead to.
"""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
HOME = DOCS / "zh"
PAGES = ("index.md", "langchain.md", "llama-index.md", "options.md", "tools.md", "rag.md")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(##+) (.+?)(?: \{ #([\w-]+) \})?$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
EMPTY = "```\n```"
DECLARED = "<!-- declared: begin -->"  # a table that is written from the code, in English alone


def english(name):
    """Return the English page, without what is written from the code."""
    return (DOCS / name).read_text("utf-8").partition(DECLARED)[0]


def without_blocks(text):
    """Return a page without its blocks, whose lines are no headings and no rows of tables."""
    return FENCE.sub("", text)


def anchors(text):
    """Return the names of the headings of an English page, as the site makes them."""
    titles = [found[2] for found in HEADING.finditer(without_blocks(text))]
    words = [re.sub(r"[^\w\s-]", "", title).strip().lower() for title in titles]
    return [re.sub(r"[\s-]+", "-", said) for said in words]


def written(name):
    """Return the Chinese page with the English page's blocks and anchors."""
    source = english(name)
    text = FENCE.sub(EMPTY, (HOME / name).read_text("utf-8"))
    blocks, names = iter(FENCE.findall(source)), iter(anchors(source))
    text = HEADING.sub(lambda found: f"{found[1]} {found[2]} {{ #{next(names)} }}", text)
    return FENCE.sub(lambda _: next(blocks), text)


def main():
    """Write the pages."""
    for name in PAGES:
        (HOME / name).write_text(written(name), "utf-8")


if __name__ == "__main__":
    main()
