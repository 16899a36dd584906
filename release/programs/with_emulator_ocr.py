"""With `emulator-302[ocr]`: a program of the standard library has it read an image."""

import json
import sys
from base64 import b64encode
from pathlib import Path
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

    data = f"data:image/png;base64,{b64encode(Path(sys.argv[1]).read_bytes()).decode()}"
    shown = [
        {"type": "text", "text": "What is the total on this receipt?"},
        {"type": "image_url", "image_url": {"url": data}},
    ]
    assert "32.10" in asked(shown, ocr_model="gpt-4o-mini")
    assert [entry.path for entry in gateway.requests] == ["/v1/chat/completions"]
