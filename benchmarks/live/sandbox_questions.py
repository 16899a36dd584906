"""What the documents leave open about the code sandbox: failures, and the persistent one.

Of the persistent sandbox only the paths and the names of arguments are known, and no reply; that is
why no tool is built on it. Whoever has a key learns the shapes of the replies here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from benchmarks.live.gateway import Gateway, content, refused
from benchmarks.live.questions import Question
from core_302.endpoints.sandbox import SANDBOX_PATH

RUN = 0.01  # PTC for one program that ends after a few seconds
ALIVE = 60  # seconds that a persistent sandbox may live
KEPT = 0.1  # PTC for one that lives so long
UNKNOWN = "404 -10010"  # what the emulator says, which has none of it
PERSISTENT = {
    "run_code": {"code": "print(6 * 7)", "language": "python"},
    "run_command": {"command": "echo 42"},
    "files": {"path": "/"},
    "destroy": {},
}
DEEPEST = 4  # levels of a reply that are shown


def _ran(gateway: Gateway, **fields: Any) -> Mapping[str, Any]:
    return content(gateway.send("POST", SANDBOX_PATH, most=RUN, json=fields))


def _said(gateway: Gateway, **fields: Any) -> str:
    """Return where a program's output stands, and the gateway's code beside it."""
    raw = _ran(gateway, **fields)
    result = raw.get("result") or {}
    filled = [name for name in ("stdout", "stderr") if result.get(name)]
    return f"{', '.join(filled) or 'nothing'}; code {raw.get('code')}"


def _printed(gateway: Gateway, **fields: Any) -> str:
    return str((_ran(gateway, **fields).get("result") or {}).get("stdout"))


def _file(gateway: Gateway) -> str:
    path = "/tmp/made.txt"  # noqa: S108 - a path of the sandbox
    code = f"with open({path!r}, 'w') as file:\n    file.write('42')"
    raw = _ran(gateway, code=code, is_download=True, download_path=path)
    file = (raw.get("result") or {}).get("file") or {}
    return "a link" if str(file.get("url")).startswith("http") else f"none: {shape_of(raw)}"


def _persistent(gateway: Gateway, call: str) -> str:
    """Return the shape of a reply about a sandbox that was made for this question."""
    body = {"max_alive_time": ALIVE, "sandbox_name": "question"}
    made = gateway.send("POST", "/302/sandbox/create", most=KEPT, json=body)
    known = dict(_ids(content(made)))
    if call == "create" or not made.is_success:
        return shape_of(content(made)) if made.is_success else refused(made)
    if call == "list":
        reply = gateway.send("GET", "/302/sandbox/list")
    else:
        reply = gateway.send("POST", f"/302/sandbox/{call}", json={**known, **PERSISTENT[call]})
    return shape_of(content(reply)) if reply.is_success else refused(reply)


def _ids(value: Any) -> Iterator[tuple[str, str]]:
    """Yield a reply's ids of sandboxes, by the name of their field."""
    for name, inner in value.items() if isinstance(value, Mapping) else ():
        if isinstance(inner, str) and name.lower() in ("sandbox_id", "sandboxid"):
            yield "sandbox_id", inner
        yield from _ids(inner)


def shape_of(value: Any, deepest: int = DEEPEST) -> str:
    """Return the names of a reply's fields with the types of their values, and no value."""
    if isinstance(value, Mapping) and deepest:
        fields = (f"{name}: {shape_of(inner, deepest - 1)}" for name, inner in value.items())
        return "{" + ", ".join(fields) + "}"
    if isinstance(value, list) and deepest:
        return f"[{shape_of(value[0], deepest - 1) if value else ''}]"
    return type(value).__name__


SANDBOX_QUESTIONS = (
    Question(
        "What does a program that prints bring?",
        "stdout; code 0",
        partial(_said, code="print(6 * 7)", language="python"),
    ),
    Question(
        "In which pieces does its output come?",
        "['1\\n', '2\\n']",
        partial(_printed, code="print(1)\nprint(2)", language="python"),
    ),
    Question(
        "What does a program that fails bring?",
        "stdout, stderr; code 0",
        partial(_said, code="print(1)\n1 / 0", language="python"),
    ),
    Question(
        "What does a program that runs out of time bring?",
        "stdout, stderr; code 0",
        partial(_said, code="print(1)\nimport time\ntime.sleep(30)", timeout=2),
    ),
    Question(
        "Is a language that is not known taken for Python?",
        "['1\\n']",
        partial(_printed, code="print(1)", language="ruby"),
    ),
    Question("Does a file come back as a link?", "a link", _file),
    *(
        Question(
            f"What does the persistent sandbox reply to {call}?",
            UNKNOWN,
            partial(_persistent, call=call),
        )
        for call in ("create", "list", *PERSISTENT)
    ),
)
