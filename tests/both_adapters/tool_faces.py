"""A tool of either framework, blocking or awaited, called by the same words."""

import asyncio
from dataclasses import dataclass

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.tools import ToolException

import langchain_302
import llama_index_302
from core_302 import InvalidInputError, PollPolicy, RetryPolicy
from core_302.options.image import data_uri
from langchain_302.tools import PROGRESS_EVENT
from tests.conftest import KEY

FACES = [
    (framework, way) for framework in ("LangChain", "LlamaIndex") for way in ("blocking", "awaited")
]
EVERY_FACE = pytest.mark.parametrize(
    "face", FACES, ids=[f"{framework}-{way}" for framework, way in FACES]
)


def _at_once():
    return 0.0


@dataclass
class Told:
    """What a program is told of a task, in the form that LlamaIndex's users get."""

    status: str
    job: object


class _Listener(BaseCallbackHandler):
    """Keeps what LangChain's users are told, in that form."""

    def __init__(self, told):
        self.told = told

    def on_custom_event(self, name, data, **_):
        assert name == PROGRESS_EVENT
        self.told.append(Told(data["status"], data["done"] or None))


class ToolFace:
    """Calls a tool, and returns what a model reads and what a program gets."""

    def __init__(self, face, name, url, *, key=KEY, **settings):
        self.framework, self.way = face
        of = langchain_302 if self.framework == "LangChain" else llama_index_302
        self.told = []
        address = "base_url" if self.framework == "LangChain" else "api_base"
        own = {} if self.framework == "LangChain" else {"on_progress": self.told.append}
        # Tests count requests, and wait for nothing.
        common = {
            "api_key": key,
            address: url,
            "retry": RetryPolicy(jitter=_at_once),
            "polling": PollPolicy(first_wait=0.0),
        }
        self.tool = getattr(of, name)(**{**common, **own, **settings})
        if self.framework == "LangChain":
            self.tool.handle_tool_error = False

    def call(self, **arguments):
        """Return the text for a model, and the report for a program; errors are the core's own."""
        if self.framework == "LlamaIndex":
            output = self._end("call", "acall", **arguments)
            return output.content, output.raw_output
        call = {"type": "tool_call", "id": "1", "name": self.tool.name, "args": arguments}
        config = {"callbacks": [_Listener(self.told)]}
        try:
            message = self._end("invoke", "ainvoke", call, config)
        except ToolException as error:
            raise error.__cause__ from None
        return message.content, message.artifact

    def refusal(self, **arguments):
        """Return what a model is told about arguments that are refused."""
        if self.framework == "LangChain":  # which answers them with this text itself
            return self._end("invoke", "ainvoke", arguments)
        with pytest.raises(InvalidInputError) as caught:
            self.call(**arguments)
        return caught.value.message

    def resume(self, task_id):
        if self.framework == "LlamaIndex":
            output = self._end("resume", "aresume", task_id)
            return output.content, output.raw_output
        return self._end("resume", "aresume", task_id, on_progress=self._note)

    def _note(self, task):
        self.told.append(Told(task.status, task.job))

    def schema(self):
        """Return the arguments that a model may pass."""
        if self.framework == "LangChain":
            return self.tool.args
        return self.tool.metadata.get_parameters_dict()["properties"]

    def _end(self, blocking, awaited, *given, **named):
        if self.way == "blocking":
            return getattr(self.tool, blocking)(*given, **named)
        return asyncio.run(getattr(self.tool, awaited)(*given, **named))


@pytest.fixture
def tool_of(face):
    """Return a function that makes a tool; it is closed in the end."""
    made = []

    def make(name, url, **settings):
        made.append(ToolFace(face, name, url, **settings))
        return made[-1]

    yield make
    for one in made:
        one.tool.close()


def told_by(tool, **arguments):
    """Return what a model is told about arguments that are refused, wherever they are."""
    try:
        return tool.refusal(**arguments)
    except (InvalidInputError, ToolException) as error:
        return str(error)


def broken(content):
    """Return a data URI whose base64 ends in the middle of a byte, far behind its header."""
    uri = data_uri(content + b"\0" * 10_000).rstrip("=")
    head, _, data = uri.partition(",")
    return f"{head},{data[: len(data) // 4 * 4 - 3]}"
