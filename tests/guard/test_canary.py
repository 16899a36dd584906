"""A key that nobody may see again: every way through both adapters, every place searched for it."""

import asyncio
import base64
import inspect
import logging
import warnings
from uuid import uuid4

import pytest
import vcr
from langchain_core.documents import Document
from langchain_core.messages import HumanMessage
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

import langchain_302
import llama_index_302
from core_302 import AI302Error, AsyncClient, Client, Settings
from tests.drawn import png
from tests.guard.net import PLACES, Net, listening
from tests.langchain_302 import recordings
from tests.recordings import mp3
from tests.scripted_server import DONE, Close, Reset, chunk, completion, frame, reply, stream

HELLO = "Hello"
KINDS = ("sync", "async")


@pytest.fixture
def key():
    return f"canary{uuid4().hex}"


@pytest.fixture
def net(key):
    return Net(key)


def done(result):
    """Return what a call ends in, whether it is awaited or not; a stream is read to its end."""

    async def awaited():
        found = await result if inspect.isawaitable(result) else result
        return [piece async for piece in found] if hasattr(found, "__aiter__") else found

    if inspect.isawaitable(result) or hasattr(result, "__aiter__"):
        return asyncio.run(awaited())
    return list(result) if inspect.isgenerator(result) else result


def ended(call):
    """Return what a call ends in: a result, or an error."""
    try:
        return done(call()), None
    except Exception as error:  # noqa: BLE001 - whoever asks judges it
        return None, error


def worn(key):
    """Return headers and a query of the user's own, which are secret like the key."""
    return {"default_headers": {"x-mine": f"{key}-mine"}, "default_query": {"mine": f"{key}-q"}}


class Langchain:
    """Everything of the LangChain adapter, made with a key, and called by names of its own."""

    def __init__(self, key, url, folder, handlers):
        given = {"api_key": key, "base_url": url, "max_retries": 0, **worn(key)}
        photo = folder / "photos"
        self.chat = langchain_302.ChatAI302(model="gpt-4o", **given)
        self.embeddings = langchain_302.AI302Embeddings(model="text-embedding-3-small", **given)
        self.rerank = langchain_302.AI302Rerank(model="jina-reranker-v2-base-multilingual", **given)
        self.retriever = langchain_302.AI302SearchRetriever(**given)
        self.image = langchain_302.AI302ImageTool(output_dir=folder / "made", **given)
        self.avatar = langchain_302.AI302AvatarTool(allowed_dirs=[photo], **given)
        self.searcher = langchain_302.AI302SearchTool(**given)
        cache = str(folder / "readings.sqlite")
        self.loader = langchain_302.AI302ImageLoader(sources=photo, cache=cache, **given)
        self.parser = langchain_302.AI302ImageParser(**given)
        self.files = langchain_302.AI302FileLoader(sources=b"\xff", method="parse", **given)
        self.audio = langchain_302.AI302AudioLoader(sources=mp3(), **given)
        self._config = {"callbacks": handlers}
        self.things = [value for name, value in vars(self).items() if not name.startswith("_")]

    def calls(self, kind, message):
        """Return what can be called: names to functions of no argument."""
        a = "" if kind == "sync" else "a"
        config = self._config
        documents = [Document("x"), Document("y")]
        face = {"image": "1.png", "person_type": "kid", "style": "Comic"}
        return {
            "chat": lambda: getattr(self.chat, f"{a}invoke")([message], config),
            "stream": lambda: getattr(self.chat, f"{a}stream")([message], config),
            "embed": lambda: getattr(self.embeddings, f"{a}embed_documents")(["x"]),
            "rerank": lambda: getattr(self.rerank, f"{a}compress_documents")(documents, "q"),
            "search": lambda: getattr(self.retriever, f"{a}invoke")("q", config),
            "image": lambda: getattr(self.image, f"{a}invoke")({"prompt": "a fox"}, config),
            "avatar": lambda: getattr(self.avatar, f"{a}invoke")(face, config),
            "web_search": lambda: getattr(self.searcher, f"{a}invoke")({"query": "q"}, config),
            "read": getattr(self.loader, f"{a}load"),
            "read_files": getattr(self.files, f"{a}load"),
            "transcribe": getattr(self.audio, f"{a}load"),
        }

    def message(self, data):
        image = {"type": "image", "base64": data, "mime_type": "image/png"}
        return HumanMessage([{"type": "text", "text": HELLO}, image])


class LlamaIndex:
    """Everything of the LlamaIndex adapter, likewise."""

    def __init__(self, key, url, folder, handlers):
        del handlers  # it has instrumentation of its own
        given = {"api_key": key, "api_base": url, "max_retries": 0, **worn(key)}
        photo = folder / "photos"
        self._photo = photo
        self.chat = llama_index_302.AI302(model="gpt-4o", **given)
        self.embeddings = llama_index_302.AI302Embedding(model="text-embedding-3-small", **given)
        self.rerank = llama_index_302.AI302Rerank(model="jina-reranker-m0", **given)
        self.retriever = llama_index_302.AI302SearchRetriever(**given)
        self.tools = llama_index_302.AI302ToolSpec(
            output_dir=folder / "made", allowed_dirs=[photo], **given
        )
        cache = str(folder / "readings.sqlite")
        self.loader = llama_index_302.AI302ImageReader(cache=cache, **given)
        self.files = llama_index_302.AI302FileReader(method="parse", **given)
        self.audio = llama_index_302.AI302AudioReader(**given)
        self.things = [value for name, value in vars(self).items() if not name.startswith("_")]

    def calls(self, kind, message):
        a = "" if kind == "sync" else "a"
        tools = {tool.metadata.name: tool for tool in self.tools.to_tool_list()}
        nodes = [NodeWithScore(node=TextNode(text="x")), NodeWithScore(node=TextNode(text="y"))]
        call = "call" if kind == "sync" else "acall"
        face = {"image": "1.png", "person_type": "kid", "style": "Comic"}
        rerank = getattr(self.rerank, f"{a}postprocess_nodes")
        embed = getattr(self.embeddings, "get_text_embedding" if not a else "aget_text_embedding")
        return {
            "chat": lambda: getattr(self.chat, f"{a}chat")([message]),
            "stream": lambda: getattr(self.chat, f"{a}stream_chat")([message]),
            "embed": lambda: embed("x"),
            "rerank": lambda: rerank(nodes, query_bundle=QueryBundle("q")),
            "search": lambda: getattr(self.retriever, f"{a}retrieve")("q"),
            "image": lambda: getattr(tools["generate_image"], call)(prompt="a fox"),
            "avatar": lambda: getattr(tools["generate_avatar"], call)(**face),
            "web_search": lambda: getattr(tools["web_search"], call)(query="q"),
            "read_image": lambda: getattr(tools["read_image"], call)(image="1.png"),
            "read": lambda: getattr(self.loader, f"{a}load_data")(self._photo),
            "read_files": lambda: getattr(self.files, f"{a}load_data")(b"\xff"),
            "transcribe": lambda: getattr(self.audio, f"{a}load_data")(mp3()),
        }

    def message(self, data):
        image = ImageBlock(image=data.encode(), image_mimetype="image/png")
        return ChatMessage(role="user", blocks=[TextBlock(text=HELLO), image])


PNG = base64.b64encode(png()).decode()
GOOD = {
    "chat": reply(200, completion()),
    "stream": stream(chunk("Hel"), chunk("lo", finish="stop"), DONE),
    "embed": reply(200, {"data": [{"index": 0, "embedding": [1.0, 2.0]}]}),
    "rerank": reply(200, {"results": [{"index": 0, "relevance_score": 1}]}),
    "search": reply(200, {"search_results": [{"url": "https://a.example", "content": "x"}]}),
    "web_search": reply(200, {"search_results": [{"url": "https://a.example", "content": "x"}]}),
    "image": reply(200, {"data": [{"b64_json": PNG}]}),
    "avatar": reply(200, {"headshot_url_list": ["https://a.example/1.webp"]}),
    "read_files": reply(200, {"code": 200, "data": "https://a.example/1.txt"}),
    "transcribe": reply(200, {"text": "Hello."}),
}


def faults(key):
    """Return replies that fail a call, with the key wherever a server can put it."""
    words = {"error": {"err_code": -10001, "message": f"bad key {key}", "type": key}}
    head = {"request-id": key, "x-echo": f"Bearer {key}"}
    packed = {"Content-Encoding": "gzip"}
    return {
        "refused": reply(401, words, headers=head),
        "refused in words": reply(500, f"<html>Authorization: Bearer {key}".encode()),
        "refused under 200": reply(200, words, headers=head),
        "refused under 200 by a code": reply(200, {"code": 401, "msg": key, "x": [key]}),
        "no json": reply(200, f"Bearer {key} {{".encode()),
        "json of another kind": reply(200, {"id": key, "choices": {key: key}, "data": key}),
        "not what it is packed as": reply(200, key.encode(), headers=packed),
        "packed in another way": reply(200, b"", headers={"Content-Encoding": key}),
        "redirected": reply(307, b"", headers={"location": f"https://x.example/{key}"}),
        "closed": [Close],
        "reset": [Reset],
        "cut": [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", key.encode(), Close],
        "no http": [f"SSH-2.0 {key}\r\n\r\n".encode(), Close],
        "a header that is none": [f"HTTP/1.1 200 OK\r\n{key}\x00\r\n\r\n".encode(), Close],
        "an error in a stream": stream(chunk("Hi"), frame(words), DONE),
        "an error event in words": stream(b"event: error\ndata: no " + key.encode() + b"\n\n"),
        "no json in a stream": stream(chunk("Hi"), b"data: {" + key.encode() + b"\n\n"),
        "a stream that is cut": stream(chunk("Hi"), chunk(finish=None), end=False),
    }


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.png").write_bytes(png())
    return tmp_path


def close(things):
    async def all_of_them():
        for thing in things:
            await thing.aclose()

    asyncio.run(all_of_them())


ADAPTERS = pytest.mark.parametrize("adapter", [Langchain, LlamaIndex])


@ADAPTERS
def test_no_key_comes_out_of_calls_that_succeed(adapter, key, net, server, folder):
    with listening(net) as handlers:
        made = adapter(key, server.url, folder, handlers)
        for kind in KINDS:
            for name, call in made.calls(kind, made.message(PNG)).items():
                server.answer(GOOD.get(name, GOOD["chat"]))
                net.keep_result(done(call()))
        for thing in made.things:
            net.keep_object(thing)
        close(made.things)
    net.keep_files(folder)
    assert all(seen.headers["authorization"] == f"Bearer {key}" for seen in server.seen)
    assert all(seen.headers["x-mine"] == f"{key}-mine" for seen in server.seen)
    assert all(f"mine={key}-q" in seen.path for seen in server.seen)
    assert len(server.seen) > 12
    begins = (b"ai302.calls POST", b"ai302.calls GET")
    ours = [text for text in net.seen["log"] if text.startswith(begins)]
    assert len(ours) == len(server.seen), "a line for each call"
    kept = {place for place, texts in net.seen.items() if texts}
    framework = {"callback", "trace"} if adapter is Langchain else {"event"}
    assert kept >= {"log", "object", "result", "file"} | framework
    assert net.leaks() == []
    assert not any(word in text for text in ours for word in (b"x-mine", b"mine=", HELLO.encode()))
    assert Net(PNG).secrets[0][:200] not in b"".join(net.seen["log"])


@ADAPTERS
@pytest.mark.parametrize("kind", KINDS)
def test_no_key_comes_out_of_calls_that_fail(adapter, kind, key, net, server, folder):
    failed = 0
    with listening(net) as handlers:
        made = adapter(key, server.url, folder, handlers)
        for fault in faults(key).values():
            for call in made.calls(kind, made.message(PNG)).values():
                server.answer(fault)
                result, error = ended(call)
                if error is None:
                    net.keep_result(result)
                    continue
                assert isinstance(error, AI302Error), error
                net.keep_error(error)
                failed += 1
        for thing in made.things:
            net.keep_object(thing)
        close(made.things)
    net.keep_files(folder)
    assert failed > 60
    # What a server writes into its reply's headers, httpcore logs by itself, at DEBUG.
    assert net.leaks([place for place in PLACES if place != "log"]) == []
    others = [text for text in net.seen["log"] if not text.startswith(b"httpcore")]
    net.seen["log"] = others
    assert others
    assert net.leaks() == []


@ADAPTERS
@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "ftp://x"},
        {"base_url": "https://u:p@x"},
        {"max_retries": "two"},
        {"timeout": -1},
        {"no_such_setting": 1},
        {"temperature": "hot"},
        {"default_headers": {"Authorization": "x"}},
    ],
)
def test_no_key_comes_out_of_a_constructor_that_refuses(adapter, key, net, wrong):
    make = langchain_302.ChatAI302 if adapter is Langchain else llama_index_302.AI302
    with pytest.raises(AI302Error) as caught:
        make(**{"model": "gpt-4o", "api_key": key, **worn(key), **wrong})
    error = caught.value
    net.keep_error(error)
    assert net.leaks() == []


@pytest.mark.parametrize(
    "make",
    [langchain_302.ChatAI302, llama_index_302.AI302ToolSpec, llama_index_302.AI302SearchRetriever],
)
def test_no_key_comes_out_that_was_passed_by_position(key, net, make):
    with pytest.raises(AI302Error) as caught:
        make(key, **worn(key))
    net.keep_error(caught.value)
    assert net.leaks() == []


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (llama_index_302.AI302ToolSpec, {"max_images": -1}),
        (llama_index_302.AI302SearchRetriever, {"similarity_top_k": -1}),
        (llama_index_302.AI302SearchRetriever, {"timeout": -1}),
        (langchain_302.AI302Toolkit, {"max_images": -1}),
        (llama_index_302.AI302ToolSpec, {"default_query": {"a": 1}}),
        (langchain_302.ChatAI302, {"model": "m", "default_headers": {"x": "\n"}}),
        (langchain_302.ChatAI302, {"model": "m", "default_query": 7}),
    ],
)
def test_no_secret_comes_out_of_a_constructor_with_arguments_of_its_own(key, net, make, wrong):
    with pytest.raises(AI302Error) as caught:
        make(**{"api_key": key, **worn(key), **wrong})
    net.keep_error(caught.value)
    assert net.leaks() == []


def test_no_key_comes_out_of_the_core(key, net, server):
    settings = Settings(api_key=key, base_url=server.url, **worn(key))
    server.answer(reply(401, {"error": {"message": f"{key} and {key}-mine, {key}-q"}}))
    with listening(net), Client(settings) as client:
        for thing in (settings, client, AsyncClient(settings)):
            net.keep_object(thing)
        with pytest.raises(AI302Error) as caught:
            client.chat("gpt-4o", [{"role": "user", "content": "x"}])
        net.keep_error(caught.value)
    assert "*** and ***, ***" in str(caught.value)
    assert net.leaks() == []


def test_a_secret_header_that_a_server_repeats_is_not_repeated_by_us(connect, server):
    secret = f"token-{uuid4().hex}"
    server.answer(reply(403, {"error": {"message": f"your proxy sent {secret}"}}))
    with pytest.raises(AI302Error, match=r"your proxy sent \*\*\*"):
        connect(server.url, default_headers={"x-proxy": secret}).chat()


def test_no_key_is_in_a_cassette(key, net, server, tmp_path):
    server.answer(reply(200, completion(), headers={"set-cookie": f"a={key}", "x-echo": key}))
    config = recordings.vcr_config()
    kept = {name: config[name] for name in ("before_record_request", "before_record_response")}
    model = langchain_302.ChatAI302(model="gpt-4o", api_key=key, base_url=server.url)
    with vcr.use_cassette(str(tmp_path / "tape.yaml"), record_mode="all", **kept), model:
        assert model.invoke("Hello").text == "Hello"
    net.keep_files(tmp_path)
    assert len(net.seen["file"]) == 2  # its name and what is in it
    assert net.leaks() == []


@pytest.mark.parametrize("place", PLACES)
def test_the_net_finds_what_it_looks_for(key, place):
    net = Net(key)
    net.keep(place, f"x{key}y")
    net.keep(place, base64.b64encode(f"ab{key}".encode()))
    assert [found for found, _ in net.leaks()] == [place, place]


def test_the_net_hears_logs_warnings_and_the_variables_of_frames(key, net):
    with listening(net):
        logging.getLogger("any.library").debug("sent %s", key)
        warnings.warn(key, stacklevel=1)
    try:
        compile_with = base64.b64decode
        compile_with(key.encode() + b"\xff", validate=True)
    except ValueError as error:
        net.keep_error(error)
    assert {place for place, _ in net.leaks()} == {"log", "warning", "error"}
