"""What the tests of scripts share: a tool to offer, and a conversation in which it has answered."""

import json

LOOKUP = {
    "type": "function",
    "function": {
        "name": "lookup_order",
        "description": "Look an order up.",
        "parameters": {"type": "object", "properties": {"order_id": {"type": "string"}}},
    },
}
ASKED = [{"role": "user", "content": "Refund order A-17"}]


def answered(call, result, before=ASKED):
    """Return a conversation that ends with the result of a call that the model has made."""
    said = {"role": "assistant", "content": None, "tool_calls": [call]}
    content = result if isinstance(result, str) else json.dumps(result)
    return [*before, said, {"role": "tool", "tool_call_id": call["id"], "content": content}]


def arguments(call):
    return call["function"]["name"], json.loads(call["function"]["arguments"])
