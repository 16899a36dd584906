"""The video catalogue: each fact with its source and its date."""

import re

import pytest

from core_302.catalogue import video_model_facts, video_models
from core_302.options.video_rules import JUDGED

ALL = [video_model_facts(name) for name in video_models()]


def test_what_the_tool_lists_and_does_not_offer_is_not_of_today():
    assert len(set(video_models())) == len(ALL) == 18
    assert set(video_models()) - set(video_models(today=True)) == {"runway-gen4"}
    assert video_model_facts("not-in-the-list") is None


@pytest.mark.parametrize("facts", ALL, ids=video_models())
def test_every_fact_has_a_source_and_a_date_and_is_one_that_is_checked(facts):
    assert "cli-302ai" in facts.source.text
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", facts.source.dated)
    assert facts.fields.keys() <= {*JUDGED}
    assert not facts.extra.keys() & {*JUDGED}
    assert facts.takes("images") or not facts.needs_image
