"""The emulator as a web application: requests are recorded, faults injected, endpoints called.

All state (the log of requests, the scripted faults, the costs) belongs to one `Emulator` object.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator_302.drawing.image_backend import ImageBackend
from emulator_302.endpoints.avatars import AvatarEndpoint
from emulator_302.endpoints.chat import (
    MILLION,
    Completion,
    chunks_of,
    complete,
    has_images,
    response_of,
)
from emulator_302.endpoints.images import ImageEndpoints
from emulator_302.endpoints.openai_images import OpenAIImageEndpoints
from emulator_302.endpoints.retrieval import RetrievalEndpoints
from emulator_302.http.billing import Ledger
from emulator_302.http.fault_injection import StreamResponse, with_fault
from emulator_302.http.faults import Fault
from emulator_302.http.files import SAMPLE, Files
from emulator_302.http.forms import body_of
from emulator_302.http.media import inlined
from emulator_302.http.recording import Recorded, recorded
from emulator_302.http.refusals import Refusal, error_reply, key_leaked, key_refused, request_id
from emulator_302.http.tasks import Outcome, Tasks
from emulator_302.http.usage import PromptCache
from emulator_302.http.validate import base_name, check, models
from emulator_302.rule_model.answer import BadRequest

ABOUT = "An emulator of the 302.AI gateway. It is not 302.AI: its model follows rules."
BALANCE = "100.0"
POST = ["POST"]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass
class Emulator:
    """One gateway: its log, its faults, its costs."""

    requests: list[Recorded] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    files: Files = field(default_factory=Files)
    tasks: Tasks = field(default_factory=Tasks)
    cache: PromptCache = field(default_factory=PromptCache)
    published: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    reader: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "emulator-ocr")
    )

    def close(self) -> None:
        """End the thread that reads images."""
        self.reader.shutdown()

    def app(self) -> Starlette:
        """Return the web application."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._asked(self._chat), methods=POST),
                Route("/v1/models", self._asked(self._models)),
                Route("/dashboard/record/{request_id}", self._asked(self._record)),
                Route("/dashboard/balance", self._asked(self._balance)),
                *self._image_routes(),
                *self._retrieval_routes(),
                Route("/_emulator", self._about),
                Route("/_emulator/requests", self._log, methods=["GET", "DELETE"]),
                Route("/_emulator/faults", self._script_faults, methods=POST),
                Route("/_emulator/tasks", self._script_tasks, methods=POST),
                Route("/{path:path}", self._asked(self._nothing), methods=METHODS),
            ]
        )

    def _image_routes(self) -> list[Route]:
        backend = ImageBackend(self.files, self.ledger, self.tasks)
        images, openai = ImageEndpoints(backend), OpenAIImageEndpoints(backend)
        posts = {
            "/302/image/generate": images.generate,
            "/302/v2/image/generate": images.start,
            "/v1/images/generations": openai.generate,
            "/302/images/generations": openai.generate,
            "/v1/images/edits": openai.edit,
            "/302/images/edits": openai.edit,
            "/302/headshot/generate": AvatarEndpoint(backend).generate,
        }
        served = self._asked(self.files.serve, refused=key_leaked)
        return [
            *(Route(path, self._asked(answer), methods=POST) for path, answer in posts.items()),
            Route("/302/v2/image/fetch/{task_id}", self._asked(images.fetch)),
            Route("/async_result", self._asked(openai.result)),
            Route("/v1/async_result", self._asked(openai.result)),
            Route("/gpt/imgs/{path:path}", served),
            Route(SAMPLE, served),
        ]

    def _retrieval_routes(self) -> list[Route]:
        retrieval = RetrievalEndpoints(self.ledger)
        posts = {
            "/v1/embeddings": retrieval.embed,
            "/jina/v1/embeddings": retrieval.embed,
            "/v1/rerank": retrieval.rerank,
            "/v1/reranks": retrieval.rerank,
            "/jina/v1/rerank": retrieval.rerank,
            "/302/general/search": retrieval.search,
        }
        return [Route(path, self._asked(answer), methods=POST) for path, answer in posts.items()]

    def reset(self) -> None:
        """Forget the log, the tasks, the prompts, and what was scripted."""
        with self.lock:
            self.requests.clear()
            self.faults.clear()
        self.tasks.reset()
        self.cache.clear()

    def _asked(
        self,
        answer: Callable[[Request, Any], Awaitable[Response]],
        refused: Callable[[Request], Response | None] = key_refused,
    ) -> Callable[[Request], Awaitable[Response]]:
        """Wrap an endpoint: record the request, check the key, apply the next fault."""

        async def endpoint(request: Request) -> Response:
            body = await body_of(request)
            entry = recorded(request, body, len(await request.body()))
            with self.lock:
                self.requests.append(entry)
                fault = self._next_fault(request.url.path)
            if fault is not None and fault.delay:
                await asyncio.sleep(fault.delay)
            response = refused(request)
            if response is None:
                try:
                    response = await answer(request, body)
                except BadRequest as error:
                    response = error_reply(400, -10003, str(error))
                except Refusal as refusal:
                    response = refusal.reply()
            response.headers["request-id"] = request_id(request)
            if fault is not None:
                response = with_fault(response, fault)
            entry.status = response.status_code
            return response

        return endpoint

    def _next_fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if path.startswith(fault.path):
                self.faults.remove(fault)
                return fault
        return None

    async def _chat(self, request: Request, body: Any) -> Response:
        given = check(body)
        name, suffixes = base_name(given["model"])
        model = models().get(name)
        if model is None:
            return error_reply(503, -10008, f"No available models currently: {given['model']}")
        # In a thread of its own: reading an image takes seconds, and no other call waits for it.
        reading = asyncio.get_running_loop().run_in_executor
        reader = self.reader if has_images(given) else None
        given = inlined(given, self.published)
        completion = await reading(reader, complete, given, model, suffixes, self.cache)
        self._bill(request, completion)
        if not given.get("stream"):
            return JSONResponse(response_of(completion))
        with_usage = bool((given.get("stream_options") or {}).get("include_usage"))
        events = [_event(chunk) for chunk in chunks_of(completion, with_usage=with_usage)]
        return StreamResponse([*events, b"data: [DONE]\n\n"])

    async def _models(self, request: Request, _: Any) -> Response:
        del request
        entries = [
            {
                "id": model.id,
                "object": "model",
                "name": model.id,
                "context_length": model.context,
                "max_completion_tokens": 0,
                "is_moderated": model.vision,
                "supported_tools": model.tools,
                "first_byte_req_time": "0.01",
                "price": {
                    "input_token": f"${model.input:.3f} / M tokens",
                    "output_token": f"${model.output:.3f} / M tokens",
                    "per_request": "",
                },
            }
            for model in models().values()
        ]
        return JSONResponse({"object": "list", "data": entries})

    async def _record(self, request: Request, _: Any) -> Response:
        record = self.ledger.record(request.path_params["request_id"])
        return (
            JSONResponse({"data": record}) if record else error_reply(404, -10010, "No such record")
        )

    async def _balance(self, request: Request, _: Any) -> Response:
        del request
        return JSONResponse({"code": 0, "data": {"balance": BALANCE}})

    async def _nothing(self, request: Request, _: Any) -> Response:
        return error_reply(404, -10010, f"Resource not found: {request.url.path}")

    async def _about(self, request: Request) -> Response:
        del request
        return JSONResponse({"about": ABOUT, "emulator": True})

    async def _log(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.reset()
        with self.lock:
            return JSONResponse([entry.shown() for entry in self.requests])

    async def _script_faults(self, request: Request) -> Response:
        try:
            faults = [Fault.from_json(entry) for entry in await request.json()]
        except (ValueError, TypeError) as error:
            return error_reply(400, -10003, f"Parameter error: {error}")
        with self.lock:
            self.faults += faults
        return JSONResponse({"faults": len(self.faults)})

    async def _script_tasks(self, request: Request) -> Response:
        try:
            outcomes = [Outcome.from_json(entry) for entry in await request.json()]
        except (ValueError, TypeError) as error:
            return error_reply(400, -10003, f"Parameter error: {error}")
        return JSONResponse({"tasks": self.tasks.script(*outcomes)})

    def _bill(self, request: Request, completion: Completion) -> None:
        model, usage = models()[completion.model], completion.usage
        given, written = usage["prompt_tokens"], usage["completion_tokens"]
        cost = (given * model.input + written * model.output) / MILLION
        self.ledger.charge(request_id(request), model.id, cost, given=given, written=written)


def _event(chunk: dict[str, Any]) -> bytes:
    text = json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
    return b"data: " + text.encode() + b"\n\n"
