"""Net: everything that a program, its observers and its crash reports can see, searched for a key.

`PLACES` names what is searched; `docs/security.md` is made of it.
"""

import base64
import copy
import json
import logging
import pickle
import traceback
import warnings
from contextlib import contextmanager
from pathlib import Path

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.load import dumps
from langchain_core.load.serializable import Serializable
from langchain_core.tracers.base import BaseTracer
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from pydantic import BaseModel, PrivateAttr

TESTS = str(Path(__file__).parents[1])

PLACES = {
    "log": "every record of the root logger at DEBUG (ours, httpx, httpcore, asyncio, frameworks)",
    "warning": "every warning",
    "callback": "every method of a LangChain callback handler, with all its arguments",
    "trace": "every run that a LangChain tracer keeps, as JSON",
    "event": "every event of LlamaIndex's instrumentation, as repr and as JSON",
    "error": "an error's text, repr, attributes and pickle, those of its causes and contexts, and "
    "the variables of every frame of their tracebacks outside of the test itself",
    "object": "repr, str, vars, pickle, deep copy, JSON, `to_dict`, `to_json`, `dumps`, payload of "
    "every public object, before and after it was used",
    "result": "what each call returns, as repr and as JSON",
    "file": "every written file: images, the SQLite cache of readings, cassettes",
}


class Net:
    """Keeps what was seen, each under the place where it was seen."""

    def __init__(self, secret):
        self.seen = {place: [] for place in PLACES}
        self.secrets = forms_of(secret)

    def keep(self, place, *values):
        for value in values:
            self.seen[place].append(value if isinstance(value, bytes) else str(value).encode())

    def leaks(self, places=tuple(PLACES)):
        """Return where the secret stands, with some of what stands around it."""
        return [
            (place, text[max(0, text.index(form) - 200) : text.index(form) + 60])
            for place in places
            for text in self.seen[place]
            for form in self.secrets
            if form in text
        ]

    def keep_files(self, folder):
        for path in folder.rglob("*"):
            if path.is_file():
                self.keep("file", path.name, path.read_bytes())

    def keep_object(self, thing):
        """Keep every view of an object that a program or a framework may write down."""
        self.keep("object", repr(thing), str(thing), repr(vars(thing)), repr(copy.deepcopy(thing)))
        self.keep("object", pickle.dumps(thing))
        if isinstance(thing, BaseModel):
            plain = thing.model_dump(warnings=False)
            self.keep("object", json.dumps(plain, default=repr), repr(dict(thing)))
        for name in ("to_dict", "to_json", "to_payload"):
            if hasattr(thing, name):
                self.keep("object", repr(getattr(thing, name)()))
        if isinstance(thing, Serializable):
            self.keep("object", dumps(thing))

    def keep_result(self, result):
        self.keep("result", repr(result))
        if isinstance(result, BaseModel):
            self.keep("result", result.model_dump_json(warnings=False))
        else:
            self.keep("result", json.dumps(result, default=repr))

    def keep_error(self, error):
        """Keep an error with all that it hangs together with."""
        waiting, known = [error], set()
        while waiting:
            one = waiting.pop()
            if one is None or id(one) in known:
                continue
            known.add(id(one))
            waiting += [one.__cause__, one.__context__]
            self.keep("error", repr(one), str(one), repr(vars(one)))
            for frame, _ in traceback.walk_tb(one.__traceback__):
                if frame.f_code.co_filename.startswith(TESTS):
                    continue
                for value in list(frame.f_locals.values()):
                    self.keep("error", _shown(value))
        self.keep("error", pickle.dumps(error))


def forms_of(secret):
    """Return the secret as it is, and the middles of its base64 at each place in a group."""
    plain = secret.encode()
    packed = [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, *packed]


def _shown(value):
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - an object that is not made yet has no repr
        return repr(error)


class _Log(logging.Handler):
    def __init__(self, net):
        super().__init__(logging.DEBUG)
        self._net = net

    def emit(self, record):
        self._net.keep("log", f"{record.name} {record.getMessage()} {vars(record)!r}")


def _watcher(net):
    """Return a LangChain handler whose every method keeps what it is given."""

    def kept(self, *given, **more):
        net.keep("callback", repr(given), repr(more))

    names = [name for name in dir(BaseCallbackHandler) if name.startswith("on_")]
    return type("Watcher", (BaseCallbackHandler,), dict.fromkeys(names, kept))()


class _Tracer(BaseTracer):
    def __init__(self, net):
        super().__init__()
        self._net = net

    def _persist_run(self, run):
        self._net.keep("trace", run.model_dump_json(), repr(run))


class _Events(BaseEventHandler):
    _net: object = PrivateAttr()

    def handle(self, event, **_):
        self._net.keep("event", repr(event), event.model_dump_json(warnings=False))


@contextmanager
def listening(net):
    """Let everything that can be heard be kept; yield the handlers that LangChain is given."""
    root, dispatcher = logging.getLogger(), get_dispatcher()
    level, log = root.level, _Log(net)
    handlers = list(dispatcher.event_handlers)
    events = _Events()
    events._net = net
    dispatcher.add_event_handler(events)
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            yield [_watcher(net), _Tracer(net)]
        net.keep("warning", *told)
    finally:
        root.removeHandler(log)
        root.setLevel(level)
        dispatcher.event_handlers = handlers
