"""A capability is declared once: each adapter has it as a tool, with one budget, folder, client."""

import asyncio
import copy
import inspect
import pickle
import typing
from pathlib import Path

import pytest
from langchain_core.tools import BaseTool, BaseToolkit
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import MockLLM
from llama_index.core.tools.calling import call_tool
from llama_index.core.tools.types import AsyncBaseTool, ToolMetadata
from llama_index.core.tools.types import BaseTool as LlamaIndexTool

import langchain_302
import llama_index_302
from core_302 import ClosedError, ConfigurationError, InvalidInputError, PollPolicy
from core_302.tools.budget import Budget
from core_302.tools.capabilities import CAPABILITIES
from core_302.tools.capability import Capability
from core_302.tools.settings import SELECTION_FIELDS, SELECTION_NAMES, SelectionSettings
from langchain_302 import AI302Toolkit
from langchain_302 import tools as of_langchain
from llama_index_302 import AI302ToolSpec
from llama_index_302 import tools as of_llama_index
from llama_index_302.tool_spec import NOT_SETTINGS
from tests.conftest import KEY
from tests.scripted_server import completion, reply

pytest_plugins = ["emulator_302.pytest_plugin"]

IMAGES = Path(__file__).parents[2] / "cookbook" / "images"
KINDS = {
    **{f"langchain.{kind.__name__}": kind for kind in of_langchain.TOOLS},
    **{f"llama_index.{kind.__name__}": kind for kind in of_llama_index.TOOLS},
}
EVERY_TOOL = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def made(kind, gateway, **given):
    address = "base_url" if "langchain" in kind.__module__ else "api_base"
    where = {"api_key": gateway.api_key, address: gateway.base_url}
    trusted = (gateway.file_host,)
    return kind(**where, trusted_hosts=trusted, polling=PollPolicy(first_wait=0.0), **given)


def metadata_of(tool):
    """Return what a model reads of a tool of either framework."""
    if isinstance(tool, BaseTool):
        return tool.name, tool.description, tool.args
    said = tool.metadata
    return said.name, said.description, said.get_parameters_dict()["properties"]


def test_both_frameworks_have_every_capability_in_the_same_order():
    ours, theirs = of_langchain.TOOLS, of_llama_index.TOOLS
    assert [kind.capability for kind in ours] == [kind.capability for kind in theirs]
    assert [kind.capability for kind in ours] == list(CAPABILITIES)
    assert [kind.__name__ for kind in ours] == [kind.__name__ for kind in theirs]
    for package, kinds in ((langchain_302, ours), (llama_index_302, theirs)):
        assert [getattr(package, kind.__name__) for kind in kinds] == list(kinds)


@EVERY_TOOL
def test_a_tool_is_the_frameworks_own_and_declares_its_capabilitys_settings(kind):
    own = BaseTool if kind.__module__.startswith("langchain") else AsyncBaseTool
    assert issubclass(kind, own)
    assert isinstance(kind.capability, Capability)
    assert issubclass(kind, kind.capability.settings)
    assert kind.capability.settings.model_fields.keys() <= kind.model_fields.keys()


@EVERY_TOOL
def test_what_a_model_reads_of_a_tool_is_what_the_capability_says(kind):
    tool = kind(api_key=KEY)
    name, description, arguments = metadata_of(tool)
    assert (name, description) == (kind.capability.name, kind.capability.full_description)
    assert kind.capability.price.note in description
    schema = kind.capability.schema(tool._context, tool)
    assert arguments.keys() == schema.model_fields.keys()


@EVERY_TOOL
def test_a_setting_that_is_none_is_named(kind):
    with pytest.raises(InvalidInputError, match="not a setting of this class"):
        kind(api_key=KEY, output_folder="x")


@EVERY_TOOL
def test_a_tool_survives_a_pickle_and_a_copy_without_its_key(kind, monkeypatch):
    tool = kind(api_key="canary-1")
    packed = pickle.dumps(tool)
    assert b"canary-1" not in packed
    assert "canary-1" not in repr(tool)
    monkeypatch.setenv("AI302_API_KEY", KEY)
    assert metadata_of(pickle.loads(packed)) == metadata_of(tool)
    assert metadata_of(copy.deepcopy(tool)) == metadata_of(tool)


@pytest.mark.parametrize("way", ["blocking", "awaited"])
def test_an_answering_search_tells_the_model_and_gives_the_program_its_sources(ai302_emulator, way):
    ask, model = {"query": "AI news"}, "gpt-4o-mini"
    with made(of_langchain.AI302SearchTool, ai302_emulator, answer_model=model) as tool:
        call = {"type": "tool_call", "id": "1", "name": tool.name, "args": ask}
        message = tool.invoke(call) if way == "blocking" else asyncio.run(tool.ainvoke(call))
    with made(of_llama_index.AI302SearchTool, ai302_emulator, answer_model=model) as tool:
        output = tool(**ask) if way == "blocking" else asyncio.run(tool.acall(**ask))
    for text, report in ((message.content, message.artifact), (output.content, output.raw_output)):
        assert "Sources:" in text
        assert report["request_id"]
        assert all(source["url"] in text for source in report["citations"])
        assert report["citations"]


def test_an_image_tool_of_llama_index_can_be_resumed_and_says_what_it_used(ai302_emulator):
    told = []
    with made(
        of_llama_index.AI302ImageTool, ai302_emulator, as_task=True, on_progress=told.append
    ) as tool:
        output = tool(prompt="a fox")
        task_id = output.raw_output["task_id"]
        assert told[-1].task_id == task_id
        assert (tool.images_made, tool.spent > 0) == (1, True)
        for again in (tool.resume(task_id), asyncio.run(tool.aresume(task_id))):
            assert again.raw_output["images"][0]["url"]
            assert [block.block_type for block in again.blocks] == ["text", "image"]


def test_a_tool_of_llama_index_is_taken_by_its_agents():
    tool = of_llama_index.AI302SearchTool(api_key=KEY)
    assert FunctionAgent(tools=[tool], llm=MockLLM()).tools == [tool]
    assert isinstance(tool, LlamaIndexTool)


def selections(gateway, tmp_path, **given):
    """Yield each framework's selection with its tools as functions that return text."""
    toolkit = made(AI302Toolkit, gateway, output_dir=tmp_path / "a", **given)
    tools = {tool.name: tool for tool in toolkit.get_tools()}
    yield toolkit, lambda name, **said: str(tools[name].invoke(said))
    spec = made(AI302ToolSpec, gateway, output_dir=tmp_path / "b", **given)
    functions = {tool.metadata.name: tool for tool in spec.to_tool_list()}
    yield spec, lambda name, **said: str(call_tool(functions[name], said))


def test_the_tools_of_a_selection_share_client_budget_and_folder(ai302_emulator, tmp_path):
    for selection, call in selections(ai302_emulator, tmp_path, max_images=1):
        call("generate_image", prompt="a fox")
        assert selection.images_made == 1
        assert selection.spent > 0
        (file,) = tmp_path.glob("*/a-fox-*")
        call("read_image", image=file.name)  # what one tool made, another one can read
        file.unlink()
        assert "may make 1 " in call("generate_image", prompt="a hare")
        selection.close()


def test_one_budget_holds_for_searches_too(ai302_emulator, tmp_path):
    for selection, call in selections(ai302_emulator, tmp_path, budget=0.015):
        assert "1. " in call("web_search", query="AI news")
        assert 0 < selection.spent < 0.01  # what the record says, and no longer what was assumed
        selection._context.budget.spent = 0.01
        assert "Answer with what you have" in call("web_search", query="AI news")
        selection.close()


def test_images_and_a_mask_by_name_go_to_an_edit_and_each_image_counts(ai302_emulator, tmp_path):
    given = {"image_model": "gpt-image-2", "allowed_dirs": [IMAGES], "max_images": 3}
    for selection, call in selections(ai302_emulator, tmp_path, **given):
        ai302_emulator.reset()
        both = ["photo.png", "receipt.png"]
        said = call("edit_image", prompt="at night", images=both, mask="photo.png", n=2)
        assert "Made 2 images with gpt-image-2" in said
        (order,) = [seen for seen in ai302_emulator.requests if seen.method == "POST"]
        assert (order.path, order.query["async"]) == ("/v1/images/edits", "true")
        assert (len(order.body["image"]), order.body["n"]) == (2, "2")
        assert order.body["mask"]["size"] == (IMAGES / "photo.png").stat().st_size
        assert selection.images_made == 2
        assert "1 are left" in call("generate_image", prompt="a hare", n=2)
        selection.close()


@EVERY_TOOL
def test_what_a_model_reads_of_a_tool_is_short(kind):
    _, description, arguments = metadata_of(kind(api_key=KEY))
    assert len(description.split()) < 60
    assert len(arguments) <= 8


def test_a_closed_toolkit_has_closed_tools(server):
    server.answer(reply(200, completion()))
    toolkit = AI302Toolkit(api_key=KEY, base_url=server.url)
    (search,) = [tool for tool in toolkit.get_tools() if tool.name == "web_search"]
    search.invoke({"query": "x"})
    search.close()  # what is shared is not its own to close
    search.invoke({"query": "x"})
    toolkit.close()
    with pytest.raises(ClosedError):
        toolkit._gateway.client.balance()
    assert "closed" in str(search.invoke({"query": "x"})).lower()
    assert isinstance(toolkit, BaseToolkit)


def test_a_selection_may_be_a_part_and_names_what_there_is_not():
    toolkit = AI302Toolkit(api_key=KEY, only=["web_search"])
    assert [tool.name for tool in toolkit.get_tools()] == ["web_search"]
    spec = AI302ToolSpec(api_key=KEY)
    own = {"web_search": ToolMetadata("Mine.", "web_search")}
    (tool,) = spec.to_tool_list([("web_search", "aweb_search")], own)
    assert tool.metadata.description == "Mine."
    for wrong in (
        lambda: AI302Toolkit(api_key=KEY, only=["draw"]),
        lambda: spec.to_tool_list(["draw"]),
    ):
        with pytest.raises(InvalidInputError, match=r"'draw' is not a tool: .*generate_image"):
            wrong()


def test_a_setting_of_a_selection_is_one_of_its_tools_with_the_same_type_and_default():
    named = {
        SELECTION_NAMES.get((kind.capability.name, name), name)
        for kind in of_langchain.TOOLS
        for name in kind.capability.settings.model_fields
    }
    assert SelectionSettings.model_fields.keys() <= named | {*SELECTION_FIELDS.values()}
    for kind in of_langchain.TOOLS:
        for name, field in kind.capability.settings.model_fields.items():
            its = SelectionSettings.model_fields.get(
                SELECTION_NAMES.get((kind.capability.name, name), name), field
            )
            assert (its.annotation, its.default) == (field.annotation, field.default)


def test_the_signature_of_the_tool_spec_is_the_declaration():
    signature = inspect.signature(AI302ToolSpec.__init__).parameters
    declared = {
        **SelectionSettings.model_fields,
        **of_llama_index.ToolFields.model_fields,
    }
    by_others = {*SELECTION_FIELDS.values()} - {"search"}  # of those that were first
    declared = {name: of for name, of in declared.items() if name not in by_others}
    assert signature.keys() - {"self", *NOT_SETTINGS} == declared.keys()
    for name, field in declared.items():
        if name not in ("search", "polling"):  # made when the object is
            assert signature[name].default == field.get_default(), name


@pytest.mark.parametrize(
    ("given", "named", "meant"),
    [
        (("a cat",), {}, {"prompt": "a cat"}),
        (("a cat",), {"n": 2}, {"prompt": "a cat", "n": 2}),
        (('{"prompt": "a cat", "size": "512x512"}',), {}, {"prompt": "a cat", "size": "512x512"}),
        (({"prompt": "a cat"},), {}, {"prompt": "a cat"}),
        (('{"colour": "red"}',), {}, {"prompt": '{"colour": "red"}'}),
        (("[1]",), {}, {"prompt": "[1]"}),
        ((), {"prompt": "a cat"}, {"prompt": "a cat"}),
    ],
)
def test_a_text_by_position_is_the_one_argument_that_a_tool_needs(given, named, meant):
    assert llama_index_302.AI302ImageTool(api_key=KEY).by_name(given, named) == meant


@pytest.mark.parametrize(("given", "named"), [(("a", "b"), {}), (("a",), {"prompt": "b"})])
def test_other_arguments_by_position_are_refused_with_their_names(given, named):
    tool = llama_index_302.AI302ImageTool(api_key=KEY)
    with pytest.raises(InvalidInputError, match=r"generate_image\(prompt=\.\.\.\)"):
        tool.by_name(given, named)


@pytest.mark.parametrize("name", [blocking for blocking, _ in AI302ToolSpec.spec_functions])
def test_the_signature_of_a_method_is_what_a_model_may_say(name):
    method = getattr(AI302ToolSpec, name)
    spec = AI302ToolSpec(api_key=KEY, more_image_models=["flux-dev"])
    schema = spec.get_metadata_from_fn_name(name).fn_schema
    parameters = dict(inspect.signature(method).parameters)
    parameters.pop("self")
    assert parameters.keys() == schema.model_fields.keys()
    for parameter in parameters.values():
        required = parameter.default is inspect.Parameter.empty
        assert required == schema.model_fields[parameter.name].is_required()
    assert inspect.signature(getattr(AI302ToolSpec, f"a{name}")) == inspect.signature(method)
    assert typing.get_type_hints(getattr(AI302ToolSpec, f"a{name}")) == typing.get_type_hints(
        method
    )


@pytest.mark.parametrize("way", ["blocking", "awaited"])
def test_a_program_calls_the_methods_of_the_tool_spec(ai302_emulator, way):
    spec = made(AI302ToolSpec, ai302_emulator, allowed_dirs=[IMAGES])

    def call(name, *given, **named):
        if way == "blocking":
            return getattr(spec, name)(*given, **named)
        return asyncio.run(getattr(spec, f"a{name}")(*given, **named))

    assert [block.block_type for block in call("generate_image", "a fox")] == ["text", "image"]
    assert len(call("generate_avatar", "photo.png", "female", style="Comic", num=2)) == 3
    assert "1. " in call("web_search", "AI news", max_results=2)
    assert "32.10" in call("read_image", "receipt.png", "What is the total?")
    assert [report["kind"] for report in spec.reports] == ["image", "avatar", "search"]
    spec.close()


def test_a_tool_of_langchain_keeps_a_programs_own_words_about_wrong_arguments():
    tool = of_langchain.AI302SearchTool(api_key=KEY, handle_validation_error="Say it again.")
    call = {"type": "tool_call", "id": "1", "name": tool.name, "args": {}}
    assert tool.invoke(call).content == "Say it again."


@pytest.mark.parametrize("given", [(0,), (None, -1.0), (None, None, 0.0)])
def test_a_limit_that_is_not_above_zero_is_refused_by_the_purse_too(given):
    with pytest.raises(ConfigurationError, match="must be more than 0"):
        Budget(*given)
