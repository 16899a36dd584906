"""The lines that the Studio shows ask what the Studio asked, in both frameworks."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

import emulator_302
from core_302 import AsyncClient, Settings
from langchain_302 import ChatAI302

COOKBOOK = Path(__file__).parents[2] / "cookbook"
sys.path.insert(0, str(COOKBOOK))

from studio_page.asking import DEFAULT_MODEL, Gateway, Options  # noqa: E402
from studio_page.code import chat_code  # noqa: E402
from studio_page.drawing import OWN_SIZE, Easel  # noqa: E402
from studio_page.turns import Conversation, Turn  # noqa: E402

STREAMED = ("stream", "stream_options")  # the page shows an answer as it comes
QUESTION = 'What is the "total",\nand what is C:\\new? 合计'
CHATS = {
    "nothing chosen": Options("gpt-4o"),
    "read always": Options("deepseek-chat", ocr="On"),
    "read never": Options("gpt-4o", ocr="Off"),
    "a search": Options("deepseek-chat", web_search=True, service="tavily", results=3),
    "everything": Options(
        "gpt-4o",
        web_search=True,
        reasoning_fusion=True,
        system="Answer in\none sentence.",
        temperature=0.2,
    ),
}


@pytest.fixture
def gateway(monkeypatch, tmp_path):
    """An emulator that programs find as users' programs find 302.AI, and a folder to run in."""
    monkeypatch.chdir(tmp_path)
    for name in ("receipt.png", "photo.png"):
        shutil.copy(COOKBOOK / "images" / name, tmp_path)
    with emulator_302.running() as running:
        monkeypatch.setenv("AI302_API_KEY", running.api_key)
        monkeypatch.setenv("AI302_BASE_URL", running.base_url)
        monkeypatch.setenv("AI302_TRUSTED_HOSTS", running.file_host)
        yield running


@pytest.fixture
def easel(gateway, tmp_path):
    made = Easel(tmp_path / "drawn")
    yield made
    made.close()


def bodies(gateway):
    """Return what was sent since the last look, without how an answer is to be sent."""
    sent = [
        {name: value for name, value in request.body.items() if name not in STREAMED}
        for request in gateway.requests
        if request.method == "POST"
    ]
    gateway.reset()
    return sent


def run(program):
    exec(compile(program, "shown by the Studio", "exec"), {})


def as_in_a_form(body):
    """Return a body as a form has it: a file's name leads to a form, the page sends JSON."""
    return {name: str(value) for name, value in body.items() if name != "image"}


def check_programs(gateway, code, capsys, as_form=False):
    """Check that each program sends what the page has sent, and prints what came."""
    shape = as_in_a_form if as_form else dict
    by_the_page = [shape(body) for body in bodies(gateway)]
    assert by_the_page
    for program in (code.langchain, code.llama_index):
        run(program)
        assert [shape(body) for body in bodies(gateway)] == by_the_page
        assert capsys.readouterr().out.strip()


async def asked_by_the_page(turn, options, folder):
    async with AsyncClient(Settings.from_env()) as client:
        with ChatAI302(model=DEFAULT_MODEL) as chat:
            asked = Gateway(chat, client, folder)
            async for _ in asked.answer(Conversation(), turn, options):
                pass
    assert turn.state == "done", turn.apology


@pytest.mark.parametrize("photos", [(), ("receipt.png",), ("receipt.png", "photo.png")], ids=len)
@pytest.mark.parametrize("options", CHATS.values(), ids=CHATS)
def test_the_lines_of_an_answer_ask_the_same(gateway, tmp_path, capsys, options, photos):
    images = tuple(tmp_path / name for name in photos)
    code = chat_code(
        {"model": options.model, **options.for_call()}, QUESTION, images, options.system
    )
    turn = Turn(QUESTION, images, options.model, code)
    asyncio.run(asked_by_the_page(turn, options, tmp_path))
    check_programs(gateway, code, capsys)


@pytest.mark.parametrize("size", [OWN_SIZE, "512x512"])
def test_the_lines_of_an_image_order_the_same(gateway, easel, capsys, size):
    drawn = asyncio.run(easel.image(QUESTION, "dall-e-3-t2i", size, None))
    assert drawn.images
    check_programs(gateway, drawn.code, capsys)


def test_the_lines_of_a_changed_image_order_the_same(gateway, easel, tmp_path, capsys):
    photo = str(tmp_path / "photo.png")
    drawn = asyncio.run(easel.image("in the snow", "wan2.7-image", OWN_SIZE, photo))
    assert drawn.images
    check_programs(gateway, drawn.code, capsys)


def test_the_lines_of_avatars_order_the_same(gateway, easel, tmp_path, capsys):
    photo = str(tmp_path / "photo.png")
    drawn = asyncio.run(easel.avatars(photo, "Kid", "Cyberpunk", "768x1024", 2))
    assert drawn.images
    check_programs(gateway, drawn.code, capsys, as_form=True)


def test_the_lines_say_what_they_do_not_repeat():
    assert "# The 1 turn before" in chat_code({"model": "gpt-4o"}, "And then?", earlier=1).langchain
    assert "# The 2 turns" in chat_code({"model": "gpt-4o"}, "And then?", earlier=2).llama_index


def test_lines_stay_short_where_the_options_are_many():
    given = Options("deepseek-chat", web_search=True, service="search1api", reasoning_fusion=True)
    code = chat_code({"model": given.model, **given.for_call()}, "Hello")
    for program in (code.langchain, code.llama_index):
        assert max(map(len, program.splitlines())) <= 88
