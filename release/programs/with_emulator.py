"""With `emulator` alone: the core asks the emulator, which reads a picture that it drew."""

import sys
from pathlib import Path
from typing import Any

import emulator_302
from core_302 import ChatOptions, Client, ImageRequest, Settings

RECEIPT = "https://example.com/receipt.png"

with emulator_302.running() as gateway:
    settings = Settings(api_key=gateway.api_key, base_url=gateway.base_url)
    with Client(settings) as client:
        asked = [{"role": "user", "content": "Say exactly: it works"}]
        assert "it works" in client.chat("gpt-4o", asked).choices[0].text
        assert client.generate_image(ImageRequest(prompt="a fox", model="flux-dev-t2i")).images
        gateway.publish(RECEIPT, Path(sys.argv[1]).read_bytes())
        shown: list[dict[str, Any]] = [
            {"type": "text", "text": "What is the total on this receipt?"},
            {"type": "image_url", "image_url": {"url": RECEIPT}},
        ]
        asking = [{"role": "user", "content": shown}]
        read = client.chat("deepseek-chat", asking, ChatOptions(ocr=True)).choices[0].text
        assert "32.10" in read, read
