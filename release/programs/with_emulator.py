"""With `emulator-302`: a program of the standard library asks it."""

import json
from typing import Any
from urllib.request import Request, urlopen

import emulator_302

with emulator_302.running() as gateway:

    def asked(content: Any, **options: Any) -> str:
        """Return the answer to one message."""
        messages = [{"role": "user", "content": content}]
        body = json.dumps({"model": "deepseek-chat", "messages": messages, **options}).encode()
        headers = {
            "Authorization": f"Bearer {gateway.api_key}",
            "Content-Type": "application/json",
        }
        request = Request(f"{gateway.base_url}/v1/chat/completions", body, headers)  # noqa: S310
        with urlopen(request) as answer:  # noqa: S310
            return str(json.load(answer)["choices"][0]["message"]["content"])

    assert "it works" in asked("Say exactly: it works")
    assert [entry.path for entry in gateway.requests] == ["/v1/chat/completions"]
