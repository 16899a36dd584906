"""The READMEs say what was measured, in both languages the same, and what they name is there."""

import json
import re
import statistics

import pytest

from tests.docs.page_blocks import ROOT, blocks

READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
ORIGINAL, CHINESE = READMES


def table(page, heading):
    """Return the cells of the rows of the table whose heading row holds `heading`."""
    lines = page.read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("|") and heading in line)
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line[1:-1].split("|")])
    return rows


def numbers(text):
    return [float(found) for found in re.findall(r"\d+(?:\.\d+)?", text)]


def told(page):
    """Return the figures in the rows of a README's comparison."""
    rows = [[numbers(cell) for cell in row[1:]] for row in table(page, "`OpenAILike`")]
    return [row for row in rows if any(row)]


def measured():
    """Return the same rows as the pages and results of the measurements have them."""
    return [of_recordings(), *of_fidelity(), *of_faults(), of_paid_jobs(), *of_speed()]


def of_recordings():
    rows = table(ROOT / "docs" / "evidence" / "recordings.md", "| as sent |")
    found = {name: numbers(as_sent.partition(" (")[0]) for name, as_sent, *_ in rows}
    return [found[name] for name in ("ChatAI302", "ChatOpenAI", "AI302", "OpenAILike")]


def of_fidelity():
    page = (ROOT / "docs" / "evidence" / "fidelity.md").read_text("utf-8")
    sums = re.findall(r"^\w+ (\d+ of \d+); \w+ (\d+ of \d+)[;.]", page, re.MULTILINE)
    chat, llm, agents = ([numbers(ours), numbers(theirs)] for ours, theirs in sums)
    return [chat + llm, [[], [], *agents]]


def of_faults():
    rows = table(ROOT / "docs" / "evidence" / "faults.md", "| ChatOpenAI | OpenAILike |")
    for what in ("hangs", "foreign", "accepts a broken answer"):
        said, *theirs = next(row for row in rows if row[0].startswith(what))
        of = numbers(said)
        chat, llm = (numbers(cell) + of for cell in theirs)
        yield [[0.0, *of], chat, [0.0, *of], llm]


def of_paid_jobs():
    lost = table(ROOT / "docs" / "evidence" / "paid-jobs.md", "what its user sees")[0]
    return [numbers(lost[1]), numbers(lost[3])] * 2


def of_speed():
    result = json.loads((ROOT / "benchmarks" / "results" / "speed.json").read_text("utf-8"))
    for figure in ("call_us", "piece_us"):

        def cost(who, figure=figure):
            return statistics.median(result["figures"][who][figure])

        chat = round(cost("ChatAI302") / cost("ChatOpenAI"), 2)
        llm = round(cost("AI302") / cost("OpenAILike"), 2)
        yield [[chat], [1.0], [llm], [1.0]]


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_the_comparison_says_what_was_measured(page):
    assert told(page) == measured()


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_what_a_readme_links_to_is_there(page):
    links = {link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link}
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_both_languages_show_the_same_code_and_lead_to_the_same_pages():
    original, chinese = (page.read_text("utf-8") for page in READMES)
    assert [block["code"] for block in blocks(ORIGINAL)] == [b["code"] for b in blocks(CHINESE)]
    assert re.findall(r"^[-+].*", original, re.MULTILINE) == re.findall(
        r"^[-+].*", chinese, re.MULTILINE
    )
    links = [
        {link.replace("docs/zh/", "docs/") for link in LINK.findall(text)}
        for text in (original, chinese)
    ]
    assert links[0] - {"README.zh.md"} == links[1] - {"README.md"}


def test_both_languages_tell_of_the_same_options():
    wires = [
        [re.findall(r"`[^`]+`", row[1]) for row in table(page, heading)]
        for page, heading in ((ORIGINAL, "on the wire"), (CHINESE, "\u8bf7\u6c42\u4e2d"))
    ]
    assert len(wires[0]) == 8
    assert wires[0] == wires[1]
