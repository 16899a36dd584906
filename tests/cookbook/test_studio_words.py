"""The Studio's table of sentences, without a browser."""

import ast
import re
import sys
from pathlib import Path

COOKBOOK = Path(__file__).parents[2] / "cookbook"
sys.path.insert(0, str(COOKBOOK))

from studio_page.asking import Known  # noqa: E402
from studio_page.kindly import WORDS  # noqa: E402
from studio_page.words import CHINESE, GRADIOS  # noqa: E402
from studio_page.workbench import Workbench, words_of  # noqa: E402

from core_302.options.avatar import AvatarStyle  # noqa: E402
from langchain_302.tools.toolkit import TOOLS  # noqa: E402

PLACE = re.compile(r"\{(?:#|id)?\}")


def test_each_sentence_has_a_place_for_each_value_in_both_languages():
    table = CHINESE | GRADIOS
    assert [one for one, said in table.items() if PLACE.findall(one) != PLACE.findall(said)] == []
    assert [said for said in table.values() if not re.search(r"[\u4e00-\u9fff]", said)] == []


def test_what_went_wrong_is_said_in_chinese_too():
    assert [told for both in WORDS.values() for told in both if told not in CHINESE] == []


def test_each_part_of_what_is_known_of_a_model_is_said_in_chinese():
    prices = ("$2.50/M", "$10/M")
    parts = {
        part
        for sees in (True, False, None)
        for part in Known(sees, thinks=True, window=64_000, prices=prices).in_words
    }
    assert len(parts) == 5
    patterns = [".+".join(map(re.escape, PLACE.split(one))) for one in CHINESE]
    assert [part for part in parts if not any(re.fullmatch(p, part) for p in patterns)] == []


def test_no_sentence_of_the_table_is_left_over(monkeypatch, tmp_path):
    monkeypatch.setenv("AI302_API_KEY", "emulator-key")
    written = [*_written(), *_declared(Workbench(tmp_path))]
    said = "\n".join(one.lower() for one in written)
    left = [one for one in CHINESE if not all(part.lower() in said for part in _parts(one))]
    assert left == []


def _parts(english):
    """Return what stands between the places of values, clause by clause."""
    between = (part for piece in PLACE.split(english) for part in re.split(r"(?<=[.:]) |, ", piece))
    return [part for one in between if (part := re.sub(r"^\d+ ", "", one.strip(" .,")))]


def _written():
    """Yield every text that the Studio's modules hold, but for the table."""
    for module in (COOKBOOK / "studio.py", *(COOKBOOK / "studio_page").glob("*.py")):
        if module.name != "words.py":
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _declared(bench: Workbench):
    """Yield what the form of each tool says, each price, and each style of an avatar."""
    yield from (str(style) for style in AvatarStyle)
    yield from (kind.capability.price.documented for kind in TOOLS)
    for name, tool in bench.tools.items():
        yield tool.description
        for argument in bench.arguments(name):
            yield from (argument.label, argument.about, *argument.choices)
        yield words_of(name)
    bench.close()
