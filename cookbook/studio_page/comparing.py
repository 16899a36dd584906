"""One question to several models at once: each answers in a column of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from studio_page.asking import Gateway, Options
from studio_page.cards import price
from studio_page.code import chat_code
from studio_page.turns import WORDLESS, Conversation, Turn

FEWEST, MOST = 2, 4  # models


def begin(
    question: str, images: tuple[Path, ...], models: Sequence[str], options: Options
) -> list[tuple[Conversation, Turn, Options]]:
    """Return what each model is asked: alike but for the model's name."""
    asked = []
    for model in models:
        own = replace(options, model=model)
        code = chat_code({"model": model, **own.for_call()}, question or WORDLESS, images)
        asked.append((Conversation(), Turn(question, images, model, code), own))
    return asked


async def answers(
    gateway: Gateway, asked: Sequence[tuple[Conversation, Turn, Options]]
) -> AsyncGenerator[None]:
    """Ask all at once; yield whenever what came is worth a look. A failure stops no other."""
    news = asyncio.Event()

    async def read(conversation: Conversation, turn: Turn, options: Options) -> None:
        async for _ in gateway.answer(conversation, turn, options):
            news.set()

    reading = [asyncio.create_task(read(*one)) for one in asked]
    for task in reading:
        task.add_done_callback(lambda _: news.set())
    try:
        while not all(task.done() for task in reading):
            await news.wait()
            news.clear()
            yield
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


def figures(turns: Sequence[Turn]) -> str:
    """Return the figures of all answers as a table; the fastest and the cheapest are marked."""
    whole = [turn for turn in turns if turn.answer is not None]
    if len(whole) < FEWEST:
        return ""
    fastest = min(whole, key=lambda turn: turn.seconds)
    priced = [turn for turn in whole if turn.cost is not None]
    cheapest = min(priced, key=lambda turn: turn.cost or 0.0) if len(priced) == len(whole) else None
    rows = "".join(_row(turn, turn is fastest, turn is cheapest) for turn in whole)
    head = "<th>Model</th><th>Time</th><th>Tokens out</th><th>Cost</th>"
    return f'<table class="compared"><tr>{head}</tr>{rows}</table>'


def _row(turn: Turn, fastest: bool, cheapest: bool) -> str:  # noqa: FBT001
    assert turn.answer is not None, "only answers have figures"
    usage = turn.answer.usage_metadata
    tokens = f"{usage['output_tokens']:,}" if usage else "not told"
    cost = "not recorded yet" if turn.cost is None else price(turn.cost)
    cells = (
        escape(turn.model),
        f"{turn.seconds:.1f} s{' <b>fastest</b>' if fastest else ''}",
        tokens,
        f"{cost}{' <b>cheapest</b>' if cheapest else ''}",
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
