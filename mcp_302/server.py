"""The server: the tools of an offer over the Model Context Protocol, on standard input and output.

One HTTP client for the process, awaited. What a model reads of a result or an error is what the
core has written for it; here it is only put into the protocol's types.
"""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from core_302.async_client import AsyncClient
from core_302.errors import AI302Error
from core_302.tools.capability import ToolResult
from core_302.tools.image_tool import Image
from core_302.tools.opened_folder import read_below
from core_302.tools.untrusted_text import one_line
from mcp_302 import __version__
from mcp_302.offer import Described, Offer, told
from mcp_302.report import of_error, structured
from mcp_302.standard_streams import lines_of, take_input

PRICE = "core-302/price"
"""The name in a tool's `_meta` of what a call costs."""
ERROR = "core-302/error"
"""The name in a result's `_meta` of what a program can do about an error."""
LARGEST_SHOWN = 700_000  # bytes of one image: clients refuse results of about a megabyte
LONGEST_NAME = 80  # characters of a name that an error repeats
GRACE = 5.0  # seconds to end in, after a signal

Context = Any  # the SDK's `ServerRequestContext`, whose parameters say nothing here


def server_of(offer: Offer, client: AsyncClient, *, images: bool = True) -> Server[Any]:
    """Return a server that offers tools, all of them through one client.

    Args:
        offer: The tools.
        client: Speaks to the gateway; never closed here.
        images: Return small images that were saved as content, for models that see.
    """

    async def list_tools(_: Context, __: Any) -> types.ListToolsResult:
        writes = offer.context.output_dir is not None
        return types.ListToolsResult(tools=[_tool(one, writes=writes) for one in offer.tools()])

    async def call_tool(
        context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        flow = offer.call(params.name, params.arguments or {})
        if flow is None:
            name = one_line(params.name, LONGEST_NAME)
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {name!r} here.")
        progress = _Progress(context)
        try:
            done = await client.run(flow, on_progress=progress.tell)
        except asyncio.CancelledError:
            if progress.task_id is not None:
                offer.leave(params.name, progress.task_id)
            raise
        except AI302Error as error:
            # Some clients show a model the structured part alone: of an error, there is only text.
            content: list[Any] = [types.TextContent(type="text", text=told(error))]
            return types.CallToolResult(
                content=content, is_error=True, _meta={ERROR: of_error(error)}
            )
        shown = await asyncio.to_thread(_shown, done, offer.context.output_dir) if images else []
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=done.text), *shown],
            structured_content=structured(done),
        )

    return Server(
        "mcp-302",
        version=__version__,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def serve(offer: Offer, client: AsyncClient, *, images: bool = True) -> None:
    """Serve one client on standard input and output, until its end or a signal; then close.

    Args:
        offer: The tools.
        client: Speaks to the gateway; closed at the end.
        images: See `server_of`.
    """
    server = server_of(offer, client, images=images)
    given: Any = lines_of(take_input())
    async with client:
        with anyio.CancelScope() as scope, _ended_by_signals(scope.cancel):
            async with stdio_server(stdin=given) as (read, write):
                # The SDK has the stream now. What somebody prints would come out at the end.
                with redirect_stdout(sys.stderr):
                    await server.run(read, write, server.create_initialization_options())
                scope.cancel()  # the SDK's task that writes waits for more


@contextmanager
def _ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` on SIGTERM and Ctrl-C; end the process itself if that takes too long."""
    loop = asyncio.get_running_loop()

    def ended() -> None:
        end()
        # A client that reads nothing more would hold up what is being written for ever.
        last = threading.Timer(GRACE, os._exit, (1,))
        last.daemon = True
        last.start()

    numbers = (signal.SIGTERM, signal.SIGINT)
    with suppress(NotImplementedError):  # Windows has Ctrl-C alone, as an exception
        for number in numbers:
            loop.add_signal_handler(number, ended)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for number in numbers:
                loop.remove_signal_handler(number)


def _tool(described: Described, *, writes: bool) -> types.Tool:
    paid = described.price is not None
    title = described.name.replace("_", " ").capitalize()
    title = f"{title} (costs money)" if paid else title
    return types.Tool(
        name=described.name,
        title=title,
        description=described.description,
        input_schema=described.schema,
        annotations=types.ToolAnnotations(
            title=title,
            # A client may call a tool that only reads without asking: money is a change too.
            read_only_hint=not (paid or writes),
            destructive_hint=False,  # files are added, never changed or removed
            idempotent_hint=not paid,
            open_world_hint=True,
        ),
        _meta={PRICE: described.price} if paid else None,
    )


class _Progress:
    """Tells the client of a task's progress, if it wants that, and knows the task."""

    def __init__(self, context: Context) -> None:
        self.task_id: str | None = None
        self._context = context
        self._count = 0

    async def tell(self, task: Any) -> None:
        self.task_id = task.task_id
        self._count += 1
        said = one_line(f"task {task.task_id}: {task.status}", LONGEST_NAME * 4)
        await self._context.session.report_progress(self._count, None, said)


def _shown(done: ToolResult, folder: Path | None) -> list[types.ImageContent]:
    return [content for image in done.images if (content := _image(image, folder))]


def _image(image: Image, folder: Path | None) -> types.ImageContent | None:
    """Return an image that was saved, if it is not too large; its text has the link of any."""
    if folder is None or not image["path"] or not image["media_type"]:
        return None
    content = read_below(folder, Path(image["path"]).name, LARGEST_SHOWN)
    if content is None:
        return None
    data = base64.b64encode(content).decode("ascii")
    return types.ImageContent(type="image", data=data, mime_type=image["media_type"])
