"""The image catalogue: two generations of models, each fact with its source and its date."""

import re

import pytest

from core_302.catalogue import image_model_facts, image_models
from core_302.catalogue.image_facts import UNLISTED
from core_302.options.image_rules import JUDGED

ALL = [image_model_facts(name) for name in image_models()]


def test_both_generations_are_listed_once_and_only_one_is_todays():
    by_endpoint = {e: [m.name for m in ALL if m.endpoint == e] for e in ("v1", "v2", "openai")}
    assert [len(names) for names in by_endpoint.values()] == [69, 14, 4]
    assert len(set(image_models())) == len(ALL)
    today = image_models(today=True)
    assert "wan2.7-image" in today
    assert not set(today) & set(by_endpoint["v1"])
    assert {"flux-2-pro", "flux-2-max"}.isdisjoint(today)  # a table has them, the offer has not


def test_a_model_that_is_not_listed_has_no_facts():
    assert image_model_facts("not-in-the-list") is None
    assert UNLISTED.takes("size") is None


@pytest.mark.parametrize("facts", ALL, ids=image_models())
def test_every_fact_has_a_source_and_a_date_and_is_one_that_is_checked(facts):
    assert re.search(r"page \"|cli-302ai", facts.source.text)
    assert re.fullmatch(r"20\d\d(-\d\d-\d\d)?", facts.source.dated)
    assert facts.fields.keys() <= {*JUDGED, "sides"}


@pytest.mark.parametrize(
    ("model", "ratio", "preset", "size"),
    [
        ("wan2.7-image", "1:1", None, "1024x1024"),
        ("wan2.7-image", "16:9", None, "1360x768"),
        ("wan2.7-image", "16:9", "2K", "2720x1536"),
        ("wan2.7-image", "99:1", None, "10176x96"),
        ("wan2.7-image", "16:9", "3K", None),
        ("gpt-image-1.5-t2i", "3:2", None, "1536x1024"),
        ("gpt-image-1.5-t2i", "3:2", "2K", None),
        ("gpt-image-1.5-t2i", "16:9", None, None),
        ("qwen-image-3.0-pro", "9:16", None, "928*1664"),
        ("stable-sd3-i2i", "1:1", None, None),
        ("stable-sd3-i2i", "1:1", "2K", None),
    ],
)
def test_a_ratio_becomes_a_size_of_the_models_usual_area(model, ratio, preset, size):
    assert image_model_facts(model).size_for(ratio, preset) == size
