"""The pages in Chinese say what the English ones say, as far as a program can tell."""

import posixpath
import re

import pytest

from tests.docs.chinese import DOCS, FENCE, HEADING, HOME, LINK, PAGES, anchors, english
from tests.docs.chinese import without_blocks as prose

CODE = re.compile(r"`[^`]+`")
EACH = pytest.mark.parametrize("name", PAGES)
ONLY_THERE = {"options.md": {"options.md"}}  # the table that is in English alone


def chinese(name):
    return (HOME / name).read_text("utf-8")


def targets(text, home):
    """Return the pages that a page leads to, as names below `docs`, translated ones as one."""
    found = set()
    for link in LINK.findall(prose(text)):
        if "://" not in link and (page := link.partition("#")[0]):
            found.add(posixpath.normpath(posixpath.join(home, page)).removeprefix("zh/"))
    return found


def rows(text):
    """Return what is in code in each row of the page's tables."""
    return [sorted(CODE.findall(line)) for line in prose(text).splitlines() if line.startswith("|")]


@EACH
def test_code_and_what_it_prints_are_the_same(name):
    assert FENCE.findall(chinese(name)) == FENCE.findall(english(name))


@EACH
def test_headings_have_the_same_depth_and_the_same_names_for_links(name):
    theirs = [len(found[1]) for found in HEADING.finditer(prose(english(name)))]
    ours = list(HEADING.finditer(prose(chinese(name))))
    assert [len(found[1]) for found in ours] == theirs
    assert [found[3] for found in ours] == anchors(english(name))


@EACH
def test_both_lead_to_the_same_pages(name):
    ours = targets(chinese(name), "zh")
    assert ours - ONLY_THERE.get(name, set()) == targets(english(name), ".")
    for link in LINK.findall(prose(chinese(name))):
        if "://" not in link and (page := link.partition("#")[0]):
            assert (HOME / page).resolve().is_relative_to(DOCS)


@EACH
def test_tables_have_the_same_rows_with_the_same_words_of_code(name):
    assert rows(chinese(name)) == rows(english(name))


@EACH
def test_the_prose_names_the_same_words_of_code(name):
    ours, theirs = prose(chinese(name)), prose(english(name))
    said = [{" ".join(one.split()) for one in CODE.findall(text)} for text in (ours, theirs)]
    assert said[0] == said[1]
    assert len(re.findall(r"[\u4e00-\u9fff]", ours)) > len(theirs) / 10
