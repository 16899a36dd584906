"""The lines of standard input: whole, in order, and left at any moment."""

import asyncio
import os

import pytest

from mcp_302.standard_streams import WAITING, lines_of


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as writer:
        yield reading, writer
    os.close(reading)


async def test_lines_come_whole_and_in_order_however_they_were_cut(pipe):
    reading, writer = pipe
    writer.write(b'{"a": 1}\n{"b"')
    writer.flush()
    writer.write(b": 2}\nlast")
    writer.close()
    assert [line async for line in lines_of(reading)] == ['{"a": 1}', '{"b": 2}', "last"]


async def test_what_is_no_text_is_replaced(pipe):
    reading, writer = pipe
    writer.write(b"\xff\xfe\n")
    writer.close()
    assert [line async for line in lines_of(reading)] == ["\ufffd\ufffd"]


async def test_more_lines_than_may_wait_all_come(pipe):
    reading, writer = pipe
    writer.write(b"x\n" * (WAITING * 5))
    writer.close()
    assert len([line async for line in lines_of(reading)]) == WAITING * 5


async def test_a_line_of_megabytes_comes_whole(pipe):
    reading, writer = pipe
    long = b"x" * 3_000_000

    def write():
        with writer:
            writer.write(long + b"\nshort\n")

    writing = asyncio.create_task(asyncio.to_thread(write))
    assert [len(line) async for line in lines_of(reading)] == [len(long), len("short")]
    await writing


async def test_an_input_that_was_closed_is_at_its_end():
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    assert [line async for line in lines_of(reading)] == []
