"""Runs the modules of the core that do no I/O, with files, sockets and clocks blocked.

Run by `test_no_io.py` in a process of its own, since what is blocked stays blocked. Arguments: the
modules. It plays the runner by hand: each step of a flow gets a reply that was written here.
"""

import importlib
import json
import sys
import time

MODULES = sys.argv[1:]
for module in MODULES:
    importlib.import_module(module)

from core_302.catalogue import facts_about, image_models  # noqa: E402
from core_302.catalogue.search_facts import search_providers  # noqa: E402
from core_302.endpoints.chat_reply import read_completion  # noqa: E402
from core_302.endpoints.chat_request import chat_request  # noqa: E402
from core_302.endpoints.chat_stream import ChatStream  # noqa: E402
from core_302.endpoints.images import image_request, task_request  # noqa: E402
from core_302.flow import AskPolicies, AskTime, Pause, Policies, Resolve, ask  # noqa: E402
from core_302.flows.cost import cost_of  # noqa: E402
from core_302.flows.download import download  # noqa: E402
from core_302.flows.embedding import embed  # noqa: E402
from core_302.flows.image_jobs import image_job, image_task  # noqa: E402
from core_302.flows.retrieval import rerank, search  # noqa: E402
from core_302.http import Fetch, Reply  # noqa: E402
from core_302.options.chat import ChatOptions  # noqa: E402
from core_302.options.image import ImageRequest  # noqa: E402
from core_302.options.retrieval import EmbeddingOptions, RerankOptions, SearchOptions  # noqa: E402
from core_302.retry import PollPolicy, RetryPolicy  # noqa: E402
from tests.drawn import png  # noqa: E402

HELLO = [{"role": "user", "content": "Hello"}]
LINK = "https://file.example/1.png"
PUBLIC = ("93.184.216.34",)
IMAGE = png(2, 2)
BLOCKED = ("open", "socket.", "sqlite3.", "subprocess.", "os.", "shutil.", "tempfile.")


def block():
    """Let nothing be opened, connected, waited for or timed from here on."""
    # The catalogue's own data files, and Python's codec of host names, are read once.
    facts_about("gpt-4o"), image_models(), search_providers(), "a.example".encode("idna")

    def refuse(event, arguments):
        if event.startswith(BLOCKED):
            raise RuntimeError(f"{event} {arguments}")

    def no_clock(*_):
        raise RuntimeError("a clock was looked at")

    for name in ("time", "monotonic", "perf_counter", "sleep", "time_ns", "monotonic_ns"):
        setattr(time, name, no_clock)
    sys.addaudithook(refuse)


def reply(body, status=200, **headers):
    """Return a reply with a JSON body."""
    return Reply(status, {"content-type": "application/json", **headers}, json.dumps(body).encode())


def played(flow, *replies):
    """Run a flow to its end with `replies`, one for each request; return its result."""
    waiting, answer = list(replies), None
    try:
        while True:
            step = flow.send(answer)
            if isinstance(step, AskPolicies):
                answer = Policies(RetryPolicy(jitter=lambda: 0.0), PollPolicy(), ())
            elif isinstance(step, AskTime):
                answer = 0.0
            elif isinstance(step, Resolve):
                answer = PUBLIC
            elif isinstance(step, Fetch):
                answer = Reply(200, {"content-type": "image/png"}, IMAGE)
            elif isinstance(step, Pause) or not hasattr(step, "path"):
                answer = None
            else:
                answer = waiting.pop(0)
    except StopIteration as end:
        assert not waiting, "a reply was not asked for"
        return end.value


def streamed():
    """Return the text of a stream that comes byte by byte."""
    stream = ChatStream(Reply(200, {"content-type": "text/event-stream"}))
    choice = {"index": 0, "delta": {"content": "Hello"}, "finish_reason": "stop"}
    wire = b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\ndata: [DONE]\n\n"
    deltas = [delta for place in range(len(wire)) for delta in stream.feed(wire[place : place + 1])]
    return "".join(delta.text for delta in [*deltas, *stream.finish()])


def main():
    """Run every flow once."""
    block()
    busy = reply({"error": {"message": "busy"}}, 503)
    said = reply({"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]})
    asked = chat_request("gpt-4o", HELLO, ChatOptions(temperature=0))
    assert played(ask(asked, read_completion), busy, said).choices[0].text == "Hello"
    assert streamed() == "Hello"
    fox = ImageRequest(prompt="a fox", model="302ai-flux-schnell-t2i")
    assert played(image_job(image_request(fox)), reply({"image_url": LINK})).images[0].link == LINK
    steps = [reply({"task_id": "t", "status": status}) for status in ("pending", "processing")]
    done = reply({"task_id": "t", "status": "completed", "image_url": LINK})
    assert played(image_task(task_request(fox)), *steps, done).task_id == "t"
    assert played(download(LINK)).media_type == "image/png"
    vectors = reply({"data": [{"index": 0, "embedding": [0.5]}], "model": "m"})
    assert played(embed(["a"], EmbeddingOptions(model="m")), vectors).vectors
    ranks = reply({"results": [{"index": 0, "relevance_score": 0.5}]})
    assert played(rerank("q", ["a"], RerankOptions(model="m")), ranks)
    found = reply({"search_results": [{"title": "T", "url": LINK, "content": "c"}]})
    assert played(search("q", SearchOptions()), found)
    assert played(cost_of([])) is None
    print(f"{len(MODULES)} modules")  # noqa: T201


main()
