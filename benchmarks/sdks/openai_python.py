"""OpenAI's own library for Python against the emulator: a chat, a stream, a tool, an embedding.

Runs in an environment of its own (`make sdks`). The emulator's address is the argument.
"""

from __future__ import annotations

import json
import sys

import openai

TOOL = {
    "type": "function",
    "function": {
        "name": "lookup_order",
        "description": "Look up an order.",
        "parameters": {
            "type": "object",
            "properties": {"order_id": {"type": "string"}},
            "required": ["order_id"],
        },
    },
}


def main() -> None:
    """Ask, and check each answer."""
    client = openai.OpenAI(api_key="whatever", base_url=f"{sys.argv[1]}/v1", max_retries=0)
    asked = [{"role": "user", "content": "Say exactly: it works"}]
    chat = client.chat.completions.create(model="my-model", messages=asked)
    assert chat.choices[0].message.content == "it works", chat
    assert chat.model == "my-model"
    stream = client.chat.completions.create(model="my-model", messages=asked, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "it works"
    wanted = [{"role": "user", "content": "Look up the order A-17."}]
    called = client.chat.completions.create(model="my-model", messages=wanted, tools=[TOOL])
    (call,) = called.choices[0].message.tool_calls
    assert call.function.name == "lookup_order"
    assert "A-17" in json.loads(call.function.arguments)["order_id"]
    found = client.embeddings.create(model="my-embedding", input=["a", "b"])
    assert [item.index for item in found.data] == [0, 1]
    refused = ""
    try:
        client.chat.completions.create(model="my-model", messages=asked, temperature="hot")
    except openai.BadRequestError as error:
        refused = type(error).__name__
    assert refused == "BadRequestError"
    print(f"openai {openai.__version__} (Python): chat, stream, tool call, embeddings, error")


if __name__ == "__main__":
    main()
