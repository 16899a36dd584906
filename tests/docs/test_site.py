"""The documentation is built, every link of it leads somewhere, and every block of it runs."""

import html.parser
import re
import subprocess
import sys

import pytest

import core_302.errors
import langchain_302.errors
from core_302.errors import AI302Error
from tests.docs.page_blocks import ROOT, blocks, run
from tests.docs.public_names import OF_THE_FRAMEWORK, parameters, public

PAGES = sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md"))
# The blocks of the pages in Chinese are those of the English ones: test_chinese.py.
WITH_BLOCKS = [p for p in PAGES if blocks(ROOT / p) and not p.startswith("docs/zh/")]


@pytest.mark.filterwarnings("ignore:.*is in beta")
# LlamaIndex imports it where it is installed.
@pytest.mark.filterwarnings("ignore:.langchain-community. is being sunset:DeprecationWarning")
@pytest.mark.parametrize("page", WITH_BLOCKS)
def test_every_python_block_of_a_page_runs_and_prints_what_stands_below_it(page):
    ran = run(ROOT / page)
    assert [(block.code, block.printed) for block in ran if not block.as_written] == []
    assert any(block.expected for block in ran)


def test_no_python_block_of_a_page_is_hidden_from_the_run():
    hidden = []
    for page in PAGES:
        text = (ROOT / page).read_text("utf-8")
        if len(re.findall(r"^\s*(?:```|~~~)\s*py", text, re.MULTILINE)) != len(blocks(ROOT / page)):
            hidden.append(page)
    assert hidden == []


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.apart
def test_the_site_is_built_without_a_warning_with_a_page_for_each_of_ours(site):
    built = {str(page.relative_to(site).with_suffix(".md")) for page in site.rglob("*.html")}
    assert {page.removeprefix("docs/") for page in PAGES} - built == set()


class Fetched(html.parser.HTMLParser):
    """What a browser fetches by itself to show a page."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "object", "embed", "video", "audio"):
            self.addresses += [named.get(name) for name in ("src", "data") if named.get(name)]
        if tag == "link" and named.get("rel") != "canonical":
            self.addresses.append(named.get("href"))


@pytest.mark.apart
def test_a_page_of_the_site_fetches_nothing_from_outside(site):
    outside = []
    for page in site.rglob("*.html"):
        fetched = Fetched()
        fetched.feed(page.read_text("utf-8"))
        assert fetched.addresses
        outside += [
            (page.name, address)
            for address in fetched.addresses
            if re.match(r"(?:[a-z]+:)?//", address)
        ]
    assert outside == []
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//", sheet.read_text("utf-8")), sheet.name


def errors():
    return {
        kind
        for kind in vars(core_302.errors).values()
        if isinstance(kind, type) and issubclass(kind, AI302Error)
    }


def the_errors_page():
    """Return the part that tells each error, and the part that tells LangChain's names."""
    told, _, in_langchain = (
        (ROOT / "docs" / "errors.md").read_text("utf-8").partition("## In LangChain")
    )
    return told, in_langchain.partition("## ")[0]


@pytest.mark.parametrize("kind", sorted(errors(), key=lambda kind: kind.__name__))
def test_every_error_is_on_its_page_with_what_it_says_of_itself(kind):
    told, _ = the_errors_page()
    rows = [row for row in told.splitlines() if row.startswith(f"| `{kind.__name__}` |")]
    assert len(rows) == 1
    _, _, billed, again, _ = (cell.strip() for cell in rows[0].split("|")[1:-1])
    assert (billed, again) == (kind.billed, "yes" if kind.retryable else "no")


def test_the_page_says_which_class_of_langchain_each_error_is():
    _, in_langchain = the_errors_page()
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", in_langchain, re.MULTILINE)
    told = {(name, theirs) for theirs, ours in rows for name in re.findall(r"`(\w+)`", ours)}
    made = {
        (name, kind.__bases__[1].__name__)
        for name, kind in vars(langchain_302.errors).items()
        if isinstance(kind, type) and issubclass(kind, AI302Error)
    }
    assert told == made


# A class's fields are told on its page or on the pages that it links to for them.
PAGES_OF = {
    "langchain_302.ChatAI302": ("langchain/chat", "options"),
    "langchain_302.AI302Embeddings": ("langchain/embeddings",),
    "langchain_302.AI302Rerank": ("langchain/rerank",),
    "langchain_302.AI302SearchRetriever": ("langchain/search",),
    "langchain_302.AI302FileLoader": ("langchain/file-loader", "files"),
    "langchain_302.AI302FileParser": ("langchain/file-loader", "files"),
    "langchain_302.AI302AudioLoader": ("langchain/audio-loader", "audio"),
    "langchain_302.AI302AudioParser": ("langchain/audio-loader", "audio"),
    "langchain_302.AI302ImageLoader": ("langchain/image-loader", "rag"),
    "langchain_302.AI302ImageParser": ("langchain/image-loader", "rag"),
    "langchain_302.AI302ImageTool": ("langchain/image-tool", "tools"),
    "langchain_302.AI302AvatarTool": ("langchain/avatar-tool", "tools"),
    "llama_index_302.AI302": ("llama-index/llm", "options"),
    "llama_index_302.AI302Embedding": ("llama-index/embedding", "langchain/embeddings"),
    "llama_index_302.AI302Rerank": ("llama-index/rerank", "langchain/rerank"),
    "llama_index_302.AI302SearchRetriever": ("llama-index/search", "langchain/search"),
    "llama_index_302.AI302FileReader": ("llama-index/file-reader", "files"),
    "llama_index_302.AI302AudioReader": ("llama-index/audio-reader", "audio"),
    "llama_index_302.AI302ImageReader": ("llama-index/image-reader", "rag"),
    "llama_index_302.AI302ToolSpec": ("llama-index/tools", "tools"),
}


@pytest.mark.parametrize("path", PAGES_OF)
def test_every_argument_of_a_class_is_named_on_its_pages(path):
    thing = dict(public())[path]
    pages = [*PAGES_OF[path], "options", path.split("_302")[0].replace("_", "-")]
    text = "".join((ROOT / "docs" / f"{page}.md").read_text("utf-8") for page in pages)
    named = set(re.findall(r"[`\"(= *](\w+)[`=\"]", text))
    assert parameters(thing) - named - OF_THE_FRAMEWORK == set()
