"""The Studio's table of sentences, without a browser."""

import re
import sys
from pathlib import Path

COOKBOOK = Path(__file__).parents[2] / "cookbook"
sys.path.insert(0, str(COOKBOOK))

from studio_page.kindly import WORDS  # noqa: E402
from studio_page.words import CHINESE  # noqa: E402


def test_each_sentence_has_a_place_for_each_value_in_both_languages():
    assert [one for one, said in CHINESE.items() if one.count("{}") != said.count("{}")] == []
    assert [said for said in CHINESE.values() if not re.search(r"[\u4e00-\u9fff]", said)] == []


def test_what_went_wrong_is_said_in_chinese_too():
    assert [told for both in WORDS.values() for told in both if told not in CHINESE] == []
