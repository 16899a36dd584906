"""What a process offers: any capability that is declared, under one budget, in allowed folders."""

from dataclasses import replace

import pytest

from core_302 import ConfigurationError, RequestTimeoutError
from core_302.flows.tasks import BY_TOOL, resumable
from core_302.tools.capabilities import CAPABILITIES
from core_302.tools.read_page import READ_PAGE
from core_302.tools.web_search import SEARCH
from mcp_302 import command_line
from mcp_302.offer import RESUME, Offer, told

NAMES = [capability.name for capability in CAPABILITIES]
ALL = ",".join(NAMES)


def offered(*arguments):
    return command_line.offer_of(command_line.read(arguments))


def refused(*arguments):
    with pytest.raises(ConfigurationError) as caught:
        offered(*arguments)
    return caught.value.message


def test_every_capability_is_offered_as_it_was_declared(tmp_path):
    offer = offered("--tools", ALL, "--max-cost", "1", "--output-dir", str(tmp_path))
    *tools, resuming = offer.tools()
    assert [tool.name for tool in tools] == NAMES
    for tool, capability in zip(tools, CAPABILITIES, strict=True):
        assert tool.description == capability.full_description
        schema = capability.arguments(capability.settings(), True).model_json_schema()
        assert tool.schema == schema
        assert tool.price["note"] == capability.price.note
        assert tool.price["assumed_ptc"] == capability.price.assumed
    assert resuming.name == RESUME
    assert resuming.schema["properties"]["tool"]["enum"] == [
        one.name for one in CAPABILITIES if one.resume is not None
    ]
    assert resuming.price is None


def test_the_order_is_that_of_a_toolkit_and_nothing_is_offered_twice():
    offer = offered("--tools", "web_search, read_page,web_search", "--max-cost", "1")
    assert [tool.name for tool in offer.tools()] == ["web_search", "read_page"]


def test_an_error_names_the_tool_that_resumes_and_no_method():
    said = told(RequestTimeoutError(f"Late. {resumable('t-1', BY_TOOL)}"))
    assert said.endswith("resume it by its id, 't-1' (with the tool resume_task).")


def test_what_orders_no_tasks_has_none_to_resume():
    offer = Offer(["web_search"], max_cost=1.0)
    assert offer.call(RESUME, {}) is None


def test_without_names_it_says_what_there_is():
    said = refused()
    assert all(f"\n  {name}: " in said for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_costs_money_is_offered_with_a_limit_only(name):
    assert "--max-cost must say" in refused("--tools", name)


@pytest.mark.parametrize("amount", ["0", "-1", "nan", "inf", "free", "1,5"])
def test_a_limit_is_a_number_above_0(amount):
    said = refused("--tools", "web_search", f"--max-cost={amount}")
    assert said == "argument --max-cost: must be a number of PTC above 0, such as 1.5."


def test_what_costs_nothing_needs_no_limit(monkeypatch):
    free = replace(SEARCH, price=replace(SEARCH.price, assumed=0.0))
    monkeypatch.setattr("mcp_302.offer.CAPABILITIES", (free, READ_PAGE))
    (tool,) = Offer(["web_search"]).tools()
    assert tool.price is None
    assert "read_page: calls cost money" in refused("--tools", "web_search,read_page")
    assert "what they say, and their addresses.\n" in refused()


def test_an_image_that_may_come_without_a_link_needs_a_folder():
    said = refused("--tools", "generate_image", "--max-cost", "1")
    assert "--output-dir must say where it is saved" in said


def test_folders_are_looked_at_before_anything_is_offered(tmp_path):
    limit = ("--tools", "read_file", "--max-cost", "1")
    assert "there is no folder" in refused(*limit, "--input-dir", str(tmp_path / "none"))
    (tmp_path / "file").touch()
    assert "is not a writable folder" in refused(*limit, "--output-dir", str(tmp_path / "file"))


def test_no_folder_is_allowed_unless_it_is_named(tmp_path):
    offer = offered("--tools", "read_file", "--max-cost", "1")
    assert (offer.context.output_dir, offer.context.allowed_dirs) == (None, ())
    both = ("--input-dir", str(tmp_path), "--input-dir", str(tmp_path.parent))
    offer = offered("--tools", "read_file", "--max-cost", "1", *both)
    assert offer.context.allowed_dirs == (tmp_path, tmp_path.parent)


def test_a_setting_of_a_tool_is_checked_as_it_was_declared(tmp_path):
    given = ("--tools", "speak,run_code", "--max-cost", "1")
    offer = offered(*given, "--set", "speak.voice=nova", "--set", 'speak.more_voices=["alloy"]')
    speak = next(tool for tool in offer.tools() if tool.name == "speak")
    assert speak.schema["properties"]["voice"]["enum"] == ["nova", "alloy"]
    assert "time_limit" in refused(*given, "--set", "run_code.time_limit=0")
    assert "not a setting of this tool" in refused(*given, "--set", "speak.voices=x")
    assert "is not among --tools" in refused(*given, "--set", "web_search.model=x")
    assert refused(*given, "--set", "speak") == "--set takes TOOL.SETTING=VALUE."


@pytest.mark.parametrize(
    "setting",
    [
        "generate_image.output_dir=/tmp",
        'generate_image.allowed_dirs=["/"]',
        "generate_image.budget=1000",
        "generate_image.max_images=9",
        'run_code.envs={"A":"b"}',
    ],
)
def test_limits_folders_and_secrets_are_no_settings_of_a_tool(setting, tmp_path):
    tools = ("--tools", "generate_image,run_code", "--max-cost", "1", "--output-dir", str(tmp_path))
    assert "cannot be set here" in refused(*tools, "--set", setting)


def test_a_name_that_is_none_is_told_and_what_may_be_a_key_is_not():
    said = refused("--tools", "web_serch", "--max-cost", "1")
    assert said.startswith("There is no tool 'web_serch'. The tools are generate_image, ")
    assert "sk-4711" not in refused("--tools", "sk-4711", "--max-cost", "1")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--api-key", "sk-4711-not-real"],
        ["--api-key=sk-4711-not-real"],
        ["-k", "sk-4711-not-real"],
        ["sk-4711-not-real"],
        ["--max-cost", "sk-4711-not-real"],
        ["--set", "sk-4711-not-real"],
        ["--set", "sk-4711-not-real.x=1"],
    ],
)
def test_a_key_on_the_command_line_is_refused_and_never_repeated(arguments):
    said = refused("--tools", "web_search", "--max-cost", "1", *arguments)
    assert "4711" not in said
    assert ("AI302_API_KEY" in said) == ("--api-key" in " ".join(arguments))
