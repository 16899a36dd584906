"""Every class of both adapters that asks the gateway reaches it, closes and is kept alike."""

import asyncio
import copy
import inspect
import pickle

import pytest

import langchain_302
import llama_index_302
from core_302 import (
    AI302Error,
    AsyncClient,
    Client,
    ClosedError,
    ConfigurationError,
    InvalidInputError,
    PollPolicy,
    RetryPolicy,
    Settings,
)
from core_302.adapters.client_fields import ClientFields, TaskFields
from core_302.adapters.connected import FieldSignature
from tests.conftest import KEY
from tests.media_files import IMAGE
from tests.scripted_server import reply

MODEL = {"model": "m"}
MADE = {
    "langchain_302.ChatAI302": MODEL,
    "langchain_302.AI302Embeddings": MODEL,
    "langchain_302.AI302Rerank": MODEL,
    "langchain_302.AI302SearchRetriever": {},
    "langchain_302.AI302FileParser": {},
    "langchain_302.AI302FileLoader": {"sources": "a.pdf"},
    "langchain_302.AI302AudioParser": {},
    "langchain_302.AI302AudioLoader": {"sources": "a.mp3"},
    "langchain_302.AI302ImageParser": {},
    "langchain_302.AI302ImageLoader": {"sources": IMAGE},
    "langchain_302.AI302ImageTool": {},
    "langchain_302.AI302EditImageTool": {},
    "langchain_302.AI302RemoveBackgroundTool": {},
    "langchain_302.AI302UpscaleTool": {},
    "langchain_302.AI302EraseTool": {},
    "langchain_302.AI302AvatarTool": {},
    "langchain_302.AI302SearchTool": {},
    "langchain_302.AI302ReadImageTool": {},
    "langchain_302.AI302VideoTool": {},
    "langchain_302.AI302CodeTool": {},
    "langchain_302.AI302ReadPageTool": {},
    "langchain_302.AI302ReadFileTool": {},
    "langchain_302.AI302TranscriptionTool": {},
    "langchain_302.AI302SpeechTool": {},
    "langchain_302.AI302Toolkit": {},
    "llama_index_302.AI302": MODEL,
    "llama_index_302.AI302Embedding": MODEL,
    "llama_index_302.AI302Rerank": MODEL,
    "llama_index_302.AI302SearchRetriever": {},
    "llama_index_302.AI302FileReader": {},
    "llama_index_302.AI302AudioReader": {},
    "llama_index_302.AI302ImageReader": {},
    "llama_index_302.AI302ImageTool": {},
    "llama_index_302.AI302EditImageTool": {},
    "llama_index_302.AI302RemoveBackgroundTool": {},
    "llama_index_302.AI302UpscaleTool": {},
    "llama_index_302.AI302EraseTool": {},
    "llama_index_302.AI302AvatarTool": {},
    "llama_index_302.AI302SearchTool": {},
    "llama_index_302.AI302ReadImageTool": {},
    "llama_index_302.AI302VideoTool": {},
    "llama_index_302.AI302CodeTool": {},
    "llama_index_302.AI302ReadPageTool": {},
    "llama_index_302.AI302ReadFileTool": {},
    "llama_index_302.AI302TranscriptionTool": {},
    "llama_index_302.AI302SpeechTool": {},
    "llama_index_302.AI302ToolSpec": {},
}
READ_FILES = ("AI302FileLoader", "AI302FileParser", "AI302FileReader", "AI302ReadFileTool")
CHANGE_IMAGES = (
    "AI302EditImageTool",
    "AI302RemoveBackgroundTool",
    "AI302UpscaleTool",
    "AI302EraseTool",
)
MAKE_FILES = (
    "AI302ImageTool",
    "AI302AvatarTool",
    "AI302VideoTool",
    "AI302SpeechTool",
    *CHANGE_IMAGES,
)
ORDER_TASKS = (*MAKE_FILES, *READ_FILES, "AI302ToolSpec")
every_class = pytest.mark.parametrize("name", MADE)


def kind_of(name):
    package, _, short = name.partition(".")
    return getattr(
        {"langchain_302": langchain_302, "llama_index_302": llama_index_302}[package], short
    )


def make(name, **given):
    return kind_of(name)(**{**MADE[name], **given})


def own_names(name):
    """Return what the framework of a class calls the address and the asynchronous HTTP client."""
    if name.startswith("langchain_302"):
        return {"base_url", "http_async_client"}
    return {"api_base", "async_http_client"}


def models_of(thing, kind):
    """Ask for the list of models, which every connection can."""
    gateway = thing._gateway
    if kind == "sync":
        return gateway.client.models()

    async def ask():
        async with thing:
            return await gateway.async_client.models()

    return asyncio.run(ask())


@every_class
def test_it_takes_every_client_parameter(name):
    declared = TaskFields if name.endswith(ORDER_TASKS) else ClientFields
    taken = inspect.signature(kind_of(name)).parameters
    assert (declared.model_fields.keys() | own_names(name)) - taken.keys() == set()


@pytest.mark.parametrize("name", [n for n in MADE if n.startswith("llama_index_302")])
def test_a_written_out_signature_has_the_defaults_of_the_declaration(name):
    fields = kind_of("llama_index_302.AI302").model_fields
    for parameter in inspect.signature(kind_of(name)).parameters.values():
        if parameter.name in ClientFields.model_fields.keys() | own_names(name):
            assert parameter.default == fields[parameter.name].default, parameter.name


def test_no_class_is_missing_here():
    asking = {
        f"{package.__name__}.{name}"
        for package in (langchain_302, llama_index_302)
        for name in package.__all__
        if hasattr(getattr(package, name), "_gateway")
    }
    assert asking == set(MADE)


@every_class
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_its_own_way_of_repeating_wins_over_max_retries(server, name, kind):
    server.answer(reply(500, {"error": {"message": "broken"}}))
    address = "base_url" if name.startswith("langchain_302") else "api_base"
    retry = RetryPolicy(max_retries=1, jitter=lambda: 0.0)
    thing = make(name, api_key=KEY, max_retries=5, retry=retry, **{address: server.url})
    with pytest.raises(AI302Error):
        models_of(thing, kind)
    assert len(server.seen) == 2
    thing.close()


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_ten_of_them_share_the_connections_of_one_client(server, kind):
    server.answer(reply(200, {"data": []}))
    settings = Settings(api_key=KEY, base_url=server.url)

    if kind == "sync":
        with Client(settings) as client:
            for name in MADE:
                with make(name, client=client) as thing:
                    assert models_of(thing, "sync") == ()
    else:

        async def use():
            async with AsyncClient(settings) as client:
                for name in MADE:
                    async with make(name, async_client=client) as thing:
                        assert await thing._gateway.async_client.models() == ()

        asyncio.run(use())
    assert len(server.seen) == len(MADE)
    assert server.connections == 1


@every_class
def test_a_client_that_is_given_brings_its_settings_for_both_ways(server, name):
    server.answer(reply(200, {"data": []}))
    retry = RetryPolicy(max_retries=7)
    with Client(Settings(api_key=KEY, base_url=server.url), retry=retry) as client:
        thing = make(name, client=client)
        assert models_of(thing, "async") == ()
        assert thing._gateway.async_client.retry is retry
        assert copy.deepcopy(thing)._gateway.client is client


@every_class
def test_nothing_can_be_set_beside_a_client_that_is_given(name):
    with (
        Client(Settings(api_key=KEY)) as client,
        pytest.raises(
            ConfigurationError, match="api_key, timeout cannot be set together with client="
        ),
    ):
        make(name, client=client, api_key=KEY, timeout=5)


@every_class
@pytest.mark.parametrize("given", ["client", "async_client"])
def test_what_is_no_client_is_refused(name, given):
    with pytest.raises(
        ConfigurationError, match=f"{given} must be a core_302.(Async)?Client, not "
    ):
        make(name, **{given: object()})


@every_class
@pytest.mark.parametrize("wrong", [{"max_retries": -1}, {"temprature": 1}])
def test_a_wrong_argument_is_an_error_of_ours(name, wrong):
    with pytest.raises(InvalidInputError):
        make(name, api_key=KEY, **wrong)


@every_class
def test_it_is_pickled_without_the_key_and_connects_again(server, name, monkeypatch):
    server.answer(reply(200, {"data": []}))
    monkeypatch.setenv("AI302_BASE_URL", server.url)
    with make(name, api_key="canary-1", default_headers={"x": "canary-2"}) as thing:
        models_of(thing, "sync")
        written = pickle.dumps(thing)
    assert b"canary" not in written
    monkeypatch.setenv("AI302_API_KEY", KEY)
    with pickle.loads(written) as again:
        assert models_of(again, "sync") == ()
    assert server.seen[-1].headers["authorization"] == f"Bearer {KEY}"


@every_class
def test_it_says_that_it_was_closed_even_if_it_was_never_used(name):
    with make(name, api_key=KEY) as thing:
        pass
    with pytest.raises(ClosedError):
        thing._gateway.client.models()
    asyncio.run(thing.aclose())
    with pytest.raises(ClosedError):
        thing._gateway.async_client.models()


@pytest.mark.parametrize("kind", [langchain_302.ChatAI302, llama_index_302.AI302])
def test_beside_the_model_and_the_framework_there_are_only_declarations(kind):
    ours = [c for c in kind.__mro__[1:] if c.__module__.split(".")[0].endswith("_302")]
    assert ours
    for declaring in ours:
        methods = [n for n, v in vars(declaring).items() if inspect.isfunction(v)]
        assert methods == []
        assert declaring.__private_attributes__ == {}
        assert kind.__mro__.index(declaring) > kind.__mro__.index(kind.__bases__[0])


def test_polling_is_the_clients(server):
    polling = PollPolicy(first_wait=0.0)
    for name in MADE:
        if name.endswith(ORDER_TASKS):
            with make(name, api_key=KEY, polling=polling) as thing:
                assert thing._gateway.client.polling is polling


@every_class
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_key_may_be_a_function_that_is_asked_before_each_request(server, name, kind):
    keys = iter(["test-key-one", "test-key-two"])
    server.answer(reply(500, {"error": {"message": "broken"}}), reply(200, {"data": []}))
    address = "base_url" if name.startswith("langchain_302") else "api_base"
    retry = RetryPolicy(max_retries=1, jitter=lambda: 0.0)
    thing = make(name, api_key=lambda: next(keys), retry=retry, **{address: server.url})
    assert models_of(thing, kind) == ()
    sent = [seen.headers["authorization"] for seen in server.seen]
    assert sent == ["Bearer test-key-one", "Bearer test-key-two"]


@pytest.mark.parametrize("kind", [llama_index_302.AI302, langchain_302.ChatAI302])
def test_an_editor_is_shown_the_fields_before_there_is_an_object(kind):
    """Only what may stand without its name is shown so. With the first object pydantic's comes."""
    shown = FieldSignature().__get__(None, kind).parameters
    assert {"model", "max_retries", "web_search"} <= shown.keys()
    by_position = [name for name, one in shown.items() if one.kind is not one.KEYWORD_ONLY]
    assert by_position == (["model"] if kind is llama_index_302.AI302 else [])


def test_llama_index_takes_a_model_without_its_name_and_an_address_by_either_name():
    address = "https://gateway.example"
    with llama_index_302.AI302("m", api_key=KEY, base_url=address) as model:
        assert (model.model, str(model.api_base).rstrip("/")) == ("m", address)
    with pytest.raises(InvalidInputError, match="'api_base' under another name: pass one"):
        llama_index_302.AI302("m", api_key=KEY, api_base=address, base_url=address)
