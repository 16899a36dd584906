"""What an error says about a name that is typed and not known."""

import pytest

from core_302.options.chat import ChatOptions
from core_302.options.image import ImageRequest
from core_302.options.other_names import ADDRESS, OTHER_NAMES, advice
from core_302.options.retrieval import SearchOptions

HINT = "Others go elsewhere"


@pytest.mark.parametrize(
    ("name", "kind", "also", "said"),
    [
        ("reasoning", ChatOptions, (), "did you mean 'reasoning_effort'?"),
        ("reasoning_fussion", ChatOptions, (), f"did you mean 'reasoning_fusion'? {HINT}"),
        ("temprature", ChatOptions, (), f"did you mean 'temperature'? {HINT}"),
        ("web", ChatOptions, (), "others go elsewhere"),
        ("reasoning_fuse", ChatOptions, (), f"did you mean 'reasoning_fusion'? {HINT}"),
        ("reasoning_if", ChatOptions, (), f"did you mean 'reasoning_effort'? {HINT}"),
        ("deep", ChatOptions, (), "others go elsewhere"),
        ("base_url", SearchOptions, ADDRESS[1:], "did you mean 'api_base'?"),
        ("base_url", SearchOptions, (), "others go elsewhere"),
        ("model", ImageRequest, (), "others go elsewhere"),
    ],
)
def test_a_hint_leads_to_a_name_of_the_class_and_to_no_paid_option_by_resemblance(
    name, kind, also, said
):
    assert advice(name, kind, HINT, also) == said


def test_no_other_name_means_itself_alone():
    assert all(set(meant) != {name} for name, meant in OTHER_NAMES.items())
