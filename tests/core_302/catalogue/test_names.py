"""What is known of which model, and that nothing is taken from another one."""

import json
import re
from importlib import resources

import pytest

from core_302.catalogue import facts_about
from core_302.catalogue.names import GATEWAY_SUFFIXES
from core_302.endpoints.chat_request import chat_request
from core_302.options.chat import chat_options

IMAGE = {"type": "image_url", "image_url": {"url": "https://i.example/1.png"}}
QUESTION = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]}]

# Models that see, each with a name that begins as that of one that does not.
NEVER_BLIND = (
    "gpt-4-plus",
    "gpt-4-vision-preview",
    "gpt-4-1106-vision-preview",
    "gpt-4.5-preview",
    "gpt-4-all",
    "gpt-4-5",
    "glm-4.1v-thinking-flash",
    "glm-4.5v",
    "glm-4.6v",
    "glm-4-6v",
    "zai-org/GLM-4.6V-Flash",
    "qwen3-omni-flash",
    "Qwen/Qwen3-Omni-30B-A3B-Instruct",
    "qwen3-vl-plus",
    "qwen3.5-plus",
    "llama-3.1-vl-8b",
    "nvidia/llama-3.1-nemotron-nano-vl-8b-v1",
    "llama-3.3-vision",
    "llama-3.2-90b-vision-instruct",
    "deepseek-v3-vl",
    "deepseek-v5",
    "grok-2-vision-1212",
    "grok-3-vision",
    "grok-3.5",
    "moonshot-v1-8k-vision-preview",
    "minimax-m2-vl",
    "kimi-k2.5",
    "o1-2024-12-17",
    "o3-mini-vision",
)


DATA = json.loads(resources.files("core_302.catalogue").joinpath("models.json").read_text("utf-8"))
BLIND = [name for row in DATA["models"] if row.get("vision") is False for name in row["names"]]
SIGHT = re.compile(r"vision|visual|omni|multimodal|image|(?<![a-z])vl|[0-9]v(?![a-z0-9])|-v-|-v$")


def reads(model):
    """Tell whether `ocr="auto"` lets another model read this one's images."""
    request = chat_request(model, QUESTION, chat_options({"ocr": "auto"}))
    return "ocr_model" in json.loads(request.content)


@pytest.mark.parametrize("model", NEVER_BLIND)
def test_no_model_is_called_blind_for_the_beginning_of_its_name(model):
    facts = facts_about(model)
    assert facts is None or facts.vision is not False
    assert not reads(model)


@pytest.mark.parametrize(
    "model",
    [
        "gpt-3.5-turbo",
        "gpt-3.5-turbo-0125",
        "gpt-4",
        "gpt-4-0613",
        "gpt-4-32k",
        "gpt-4-1106-preview",
        "gpt-4-turbo-preview",
        "openai/o3-mini-2025-01-31",
        "deepseek-chat",
        "deepseek-v3-250324",
        "deepseek-ai/DeepSeek-R1-0528",
        "deepseek-r1-distill-qwen-32b",
        "qwen3-235b-a22b-instruct-2507",
        "Qwen/Qwen3-1.7B-FP8",
        "glm-4-plus",
        "glm-4-air-250414",
        "moonshot-v1-32k",
        "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "gpt-3.5-turbo-web-search",
        "gpt-3.5-turbo-ocr-web-search",
    ],
)
def test_a_model_known_not_to_see_is_read_for(model):
    assert facts_about(model).vision is False
    assert reads(model)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4o", "gpt-4o"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("GPT-4o-Mini-web-search", "gpt-4o-mini"),
        ("gpt-4o-r1-fusion-web-search", "gpt-4o"),
        ("Qwen/Qwen3-VL-8B", "qwen3-vl"),
        ("qwen-vl-ocr", "qwen-vl-ocr"),
        ("qwen-vl-ocr-2025-11-20-web-search", "qwen-vl-ocr"),
        ("Doubao-1.5-vision-pro-32k", "doubao-1.5-vision"),
        ("doubao-1-5-vision-pro-32k-250115", "doubao-1.5-vision"),
        ("claude-3.5-sonnet", "claude-3-5-sonnet"),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet"),
        ("claude-3-5-sonnet@20241022", "claude-3-5-sonnet"),
        ("deepseek/deepseek-r1:free", "deepseek-r1"),
        ("gemini-2.0-flash-001", "gemini-2.0-flash"),
        ("gemini-2.5-pro-preview-05-06", "gemini-2.5-pro"),
    ],
)
def test_a_name_means_the_entry_whose_suffixes_say_nothing_new(model, name):
    assert facts_about(model).name == name


@pytest.mark.parametrize(
    ("model", "older"),
    [
        ("deepseek-v3.2", "deepseek-v3"),
        ("deepseek-v3-2", "deepseek-v3"),
        ("deepseek-v3-2-exp", "deepseek-v3"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4"),
        ("claude-opus-4.1", "claude-opus-4"),
        ("claude-opus-4-1", "claude-opus-4"),
        ("gpt-5.2", "gpt-5"),
        ("grok-3.5", "grok-3"),
        ("o1-2", "o1"),
        ("gemini-2.5-pro-2", "gemini-2.5-pro"),
        ("llama-3.1-405b-2", "llama-3.1"),
        ("glm-4.5", "glm-4"),
    ],
)
def test_nothing_is_inherited_across_a_version_number(model, older):
    facts = facts_about(model)
    assert facts is None or facts.name != facts_about(older).name


@pytest.mark.parametrize("model", ["nobody-knows-this", "", "/", "gpt-4o-realtime", "gpt"])
def test_an_unknown_model_has_no_facts(model):
    assert facts_about(model) is None


@pytest.mark.parametrize("model", ["claude-3-7-sonnet-20250219-thinking", "qwen3-4b-thinking-2507"])
def test_a_name_that_says_thinking_reasons(model):
    assert facts_about(model).reasoning is True


@pytest.mark.parametrize(
    ("model", "forced", "parameter"),
    [
        ("gpt-4o", True, None),
        ("gpt-5.1-2025-11-13", True, "max_completion_tokens"),
        ("o3", True, "max_completion_tokens"),
        ("o1-mini", None, "max_completion_tokens"),
        ("deepseek-chat", True, None),
        ("deepseek-reasoner", False, None),
        ("deepseek-v4-flash", False, None),
        ("deepseek-v3.2", None, None),
        ("deepseek-v3.2-thinking", False, None),
        ("claude-sonnet-4-5-20250929", True, None),
        ("claude-sonnet-4-5-20250929-thinking", False, None),
        ("kimi-k2-thinking", False, None),
        ("glm-4.6", False, None),
        ("llama-3.3-70b-instruct", None, None),
    ],
)
def test_the_catalogue_knows_who_refuses_a_forced_call_or_the_old_parameter(
    model, forced, parameter
):
    facts = facts_about(model)
    assert (facts.forced_tool_choice, facts.token_parameter) == (forced, parameter)


def test_every_suffix_of_the_gateway_leaves_the_model_what_it_is():
    for suffix in GATEWAY_SUFFIXES.values():
        assert facts_about("gpt-3.5-turbo-0125" + suffix) == facts_about("gpt-3.5-turbo-0125")


SAYS_MORE = ("vision", "vl", "vl-7b", "omni", "4v", "4.5v", "image", "multimodal", "2", "9.9", "v9")


@pytest.mark.parametrize("name", BLIND)
def test_no_entry_without_sight_is_meant_by_a_name_that_speaks_of_sight_or_of_a_version(name):
    assert not SIGHT.search(name)
    for said in [f"{name}-{word}" for word in SAYS_MORE] + [f"{name}.7"]:
        facts = facts_about(said)
        assert facts is None or facts.name != name, said


def test_every_name_of_the_catalogue_stands_there_once_and_is_found():
    names = [name for row in DATA["models"] for name in row["names"]]
    assert len({name.replace(".", "-") for name in names}) == len(names)
    for name in names:
        facts = facts_about(name.upper())
        assert facts.name == name
        assert facts.source in DATA["sources"].values()
    assert {row["source"] for row in DATA["models"]} == set(DATA["sources"])
