"""Which tool a model calls, when it is offered all of them: requests in users' words.

A test, `test_descriptions.py`, puts the same requests to a judge that knows words alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.live.gateway import Gateway, content
from benchmarks.live.questions import TALK, Question
from core_302.tools.capabilities import CAPABILITIES
from core_302.tools.context import ToolContext

REQUESTS: dict[str, tuple[str, ...]] = {
    "generate_image": (
        "Draw me a picture of a lighthouse at dusk.",
        "I need a new image of a red fox in the snow, 16:9.",
        "Create an illustration: a tram on a bridge in watercolour.",
    ),
    "edit_image": (
        "Change the sky in photo.png to a sunset.",
        "Combine cat.png and hat.png into one image: the cat wears the hat.",
        "Edit this image so that the car is blue: https://a.example/car.jpg",
    ),
    "remove_background": (
        "Remove the background from shoe.png.",
        "I want product.jpg with a transparent background.",
        "Cut out the person in team.png: all but the person transparent.",
    ),
    "upscale_image": (
        "Upscale logo.png to four times its size.",
        "Enlarge this small image twice and make it sharper: thumb.png",
        "Make icon.png larger and sharpen it, nothing else.",
    ),
    "erase_from_image": (
        "Erase the lamp post from street.png; the mask is mask.png.",
        "Here are room.png and mask.png: erase what the mask marks in white.",
        "Erase the object under the white mask from beach.png and fill the gap.",
    ),
    "generate_avatar": (
        "Make an avatar from my photo me.jpg in clay style.",
        "Turn the face in portrait.png into a stylised cyberpunk avatar.",
        "Two avatars of the man in this photo of a face, please: face.png",
    ),
    "web_search": (
        "Search the web for the latest news on AI regulation.",
        "What does the web say about the new solar plant? Give addresses.",
        "Find pages of this week about electric buses on the web.",
    ),
    "read_image": (
        "What words are on the image receipt.png?",
        "Read the text in this screenshot image: shot.png",
        "Answer a question about this image: how many people are in it? crowd.jpg",
    ),
    "read_page": (
        "Read https://a.example/article and tell me what it says.",
        "What is on the web page https://b.example/pricing? Read it.",
        "Get me the page https://c.example/docs/setup as Markdown.",
    ),
    "read_file": (
        "Read the PDF contract.pdf and list its deadlines.",
        "What is in the Excel document budget.xlsx?",
        "Give me the text of the Word document report.docx as Markdown.",
    ),
    "run_code": (
        "Run this Python program and tell me what it printed.",
        "Calculate the exact standard deviation of these 40 numbers with code.",
        "Execute an R program that fits a line to this data.",
    ),
    "generate_video": (
        "Make a short video of waves at a beach.",
        "Animate first.png: a video of five seconds that begins with this image.",
        "I would like a video clip in which a drone flies over a forest.",
    ),
    "transcribe": (
        "Transcribe the recording interview.mp3.",
        "Write down what is said in meeting.wav, with the speakers.",
        "What does the speaker say in this audio recording? talk.m4a",
    ),
    "speak": (
        "Read this text aloud: Good morning, everybody!",
        "Make an audio file of a voice that says: The train is late.",
        "Say 'Welcome' in a friendly voice as an audio file.",
    ),
}
"""By the tool that is meant."""


def offered() -> list[dict[str, Any]]:
    """Return all tools as a chat request offers them, with default settings."""
    tools = []
    for one in CAPABILITIES:
        settings = one.settings()
        schema = one.schema(ToolContext.of(settings), settings).model_json_schema()
        function = {"name": one.name, "description": one.full_description, "parameters": schema}
        tools.append({"type": "function", "function": function})
    return tools


def _chosen(gateway: Gateway) -> str:
    wrong, number, tools = [], 0, offered()
    for meant, requests in REQUESTS.items():
        for words in requests:
            number += 1
            reply = content(gateway.chat(words, most=4 * TALK, tools=tools))
            called = _called(reply)
            if called != meant:
                wrong.append(f"{words!r}: {called or 'no tool'}, not {meant}")
    return "; ".join(wrong) or f"the one that is meant, {number} times"


def _called(reply: Mapping[str, Any]) -> str | None:
    message = (reply.get("choices") or [{}])[0].get("message") or {}
    calls = message.get("tool_calls") or [{}]
    name = (calls[0].get("function") or {}).get("name")
    return name if isinstance(name, str) else None


TOOL_QUESTIONS = (
    Question(
        "Which tool is called, of all that there are, for each of our requests?",
        f"the one that is meant, {sum(map(len, REQUESTS.values()))} times",
        _chosen,
    ),
)
