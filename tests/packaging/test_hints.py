"""What the project tells people to install is there: names of ours, and extras that they have.

`ai302` on the registry is 302.AI's own command-line tool. Who installs it gets no adapter.
"""

import re
import subprocess

import pytest

from release.projects import FOLDERS, PROJECTS, ROOT

EXTRAS = {name: set(p.extras) for p in PROJECTS for name in (p.name, p.folder)}
NAME = r"(?<![\w.@/-])ai302(?![\w./-])"
INSTALLS = "pip install|pipx run|poetry add|uv add|uvx"
# As a requirement, in whatever form: with an extra, with a version, installed, or called a package.
REQUIRED = re.compile(
    rf"{NAME}\s*\[|{NAME}\s*(?:[=~<>!]=|[<>]|@ )|\b(?:{INSTALLS})\b[^\n`]*?{NAME}"
    rf"|\b[Ii]nstall\w*\s+`?{NAME}|`ai302`,? extra|\bversion\(\W?ai302\b"
    rf"|\bname\s*[=:]\s*\W?ai302\W*$",
    re.MULTILINE,
)
# Pages that tell of that tool, or of what this project was called.
TELL_OF_IT = {
    "CHANGELOG.md",
    "README.md",
    "README.zh.md",
    "docs/decisions/0019-four-distributions.md",
    "docs/decisions/0023-image-requests.md",
    "docs/evidence/install-matrix.md",
    "docs/options.md",
    "docs/publishing.md",
    *(f"{folder}/README.md" for folder in FOLDERS),
}
PAGES = re.compile(r"\.(md|ipynb|ya?ml)$|^Makefile$|^LICENSE$")
# Names with an extra: of a distribution or of its folder. A test's own samples are none.
WITH_EXTRA = re.compile(
    r"\b((?:core|langchain|llama[-_]index|emulator|mcp)[-_]302)\[([a-z][a-z, -]*)\]"
)
ROOT_EXTRA = re.compile(r"""["' ]\.\[[a-z]""")
INSTALLED = re.compile(rf"\b(?:{INSTALLS}) ([^`\n]*)")


def texts():
    """Yield every file that git keeps and that is text, with its name."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in listed:
        if name != "tests/packaging/test_hints.py" and (ROOT / name).is_file():
            content = (ROOT / name).read_bytes()
            if b"\0" not in content:
                yield name, content.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def everything():
    return dict(texts())


def found(pattern, everything):
    return [
        f"{name}: {match[0]}"
        for name, text in everything.items()
        for match in pattern.finditer(text)
    ]


def test_nothing_requires_302_ai_s_own_tool_for_this_project(everything):
    assert found(REQUIRED, everything) == []


def test_a_page_names_that_tool_only_to_tell_of_it(everything):
    pages = {name: text for name, text in everything.items() if PAGES.search(name)}
    assert len(pages) > 50
    # The logger keeps that name, as messages and traces do.
    logger = re.compile(r'logger `ai302`|getLogger\(\\?"ai302\\?"\)')
    named = {n for n, text in pages.items() if re.search(NAME, logger.sub("", text))}
    assert named - TELL_OF_IT == set()


def test_every_extra_that_is_named_exists(everything):
    wrong = [
        f"{name}: {match[0]}"
        for name, text in everything.items()
        for match in WITH_EXTRA.finditer(text)
        if not {extra.strip() for extra in match[2].split(",")} <= EXTRAS[match[1]]
    ]
    assert wrong == []
    assert found(ROOT_EXTRA, everything) == [], "the root has no extras"
    assert len(found(WITH_EXTRA, everything)) > 10


def test_whatever_is_installed_under_a_name_with_302_is_one_of_ours(everything):
    allowed = {*EXTRAS, *(f"./{folder}" for folder in FOLDERS)}
    wrong = [
        f"{name}: {word}"
        for name, text in everything.items()
        for match in INSTALLED.finditer(text)
        for word in re.findall(r"[\w./-]*302[\w-]*", match[1])
        if word not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "said",
    [
        'pip install "ai302[langchain]"',
        "pip install -U ai302",
        "uv add ai302",
        "uvx ai302",
        "Install `ai302` and set",
        "`ai302`, extra `langchain`",
        "`ai302`, extras `langchain` and `ocr`",
        'ray = ["ai302[ocr]"]',
        "ai302==0.1.0 \\",
        "ai302>=1",
        "ai302 @ file:///x",
        'version("ai302")',
        'name = "ai302"',
    ],
)
def test_a_requirement_is_found_in_each_form(said):
    assert REQUIRED.search(said)


@pytest.mark.parametrize(
    "said",
    [
        "pip uninstall ai302",
        'PROVIDER = "ai302"',
        'model_provider == "ai302"',
        'return "ai302-chat"',
        'prefix="ai302-scans-"',
        "def test(ai302_emulator):",
        "packages/ai302/src",
    ],
)
def test_what_stays_ai302_is_no_requirement(said):
    assert not REQUIRED.search(said)
