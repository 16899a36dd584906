"""Sends chat requests to the emulator with httpx alone, and draws pictures to show it.

No client of ours takes part: the judge is examined by a stranger.
"""

import io
import json
from base64 import b64encode

import httpx
from PIL import Image, ImageDraw, ImageFont

CHAT = "/v1/chat/completions"
HELLO = [{"role": "user", "content": "Hello"}]


def http_of(gateway):
    """Return a client of the emulator."""
    return httpx.Client(
        base_url=gateway.base_url,
        headers={"Authorization": f"Bearer {gateway.api_key}"},
        timeout=60,
        trust_env=False,
    )


class Caller:
    """Sends chat requests, and reads streams event by event."""

    broken = httpx.RemoteProtocolError  # what a cut connection ends in

    def __init__(self, gateway, http=None):
        self.gateway = gateway
        self.http = http or http_of(gateway)

    def post(self, messages=HELLO, model="gpt-4o", **fields):
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        return self.http.post(CHAT, json={"model": model, "messages": messages, **fields})

    def ask(self, messages=HELLO, model="gpt-4o", **fields):
        """Return the first choice's message."""
        reply = self.post(messages, model, **fields)
        assert reply.status_code == 200, reply.text
        return reply.json()["choices"][0]["message"]

    def stream(self, messages=HELLO, model="gpt-4o", **fields):
        """Return the events of a stream, without `[DONE]`, which must end it."""
        lines = self.post(messages, model, stream=True, **fields).text.split("\n\n")
        assert lines[-2:] == ["data: [DONE]", ""]
        return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]


def picture(*lines, size=(560, 260)):
    """Draw lines of text, as a data URI."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=32)
    for number, line in enumerate(lines):
        draw.text((20, 15 + 55 * number), line, fill="black", font=font)
    return data_uri(image)


def data_uri(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return "data:image/png;base64," + b64encode(file.getvalue()).decode()


def shown(uri, asked="What does it say?"):
    """Return the messages that show a picture."""
    parts = [{"type": "text", "text": asked}, {"type": "image_url", "image_url": {"url": uri}}]
    return [{"role": "user", "content": parts}]
