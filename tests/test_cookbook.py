"""The cookbook and the README do what they say, on the emulator."""

import io
import re
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

import emulator_302
from langchain_302.connection import Connection

ROOT = Path(__file__).parent.parent
QUICKSTART = ROOT / "cookbook" / "quickstart.py"


def quickstart(*arguments):
    command = [sys.executable, str(QUICKSTART), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_quickstart_reads_its_picture_and_the_news_with_sources():
    done = quickstart()
    assert done.returncode == 0, done.stderr
    assert "It is not 302.AI" in done.stdout
    assert "receipt.png" in done.stdout
    assert "32.10" in done.stdout
    assert re.search(r"\[1\] https://\S+", done.stdout)
    assert len(re.findall(r"tokens in, \d+ out, [\d.]+ s, cost 0\.\d+ PTC", done.stdout)) == 2


def test_the_quickstart_reads_a_picture_of_the_users_own(tmp_path):
    image = Image.new("RGB", (600, 120), "white")
    font = ImageFont.load_default(size=40)
    ImageDraw.Draw(image).text((30, 30), "Gate B17 boards at 18:25", "black", font)
    image.save(tmp_path / "gate.jpg")
    done = quickstart("--image", str(tmp_path / "gate.jpg"), "--question", "Which gate is it?")
    assert done.returncode == 0, done.stderr
    assert "B17" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("missing.png", None, "Cannot read the picture"), ("text.png", b"hello", "is no picture")],
)
def test_the_quickstart_says_what_is_wrong_with_a_picture(tmp_path, name, content, says):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = quickstart("--image", str(tmp_path / name))
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_agent_draws_makes_avatars_and_shows_them_on_one_sheet(tmp_path):
    command = [sys.executable, str(ROOT / "cookbook" / "agent.py"), "--output", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "-> generate_image(prompt='a lighthouse at dusk')" in done.stdout
    assert "style='Watercolor', num=2" in done.stdout
    assert "Made 2 avatars" in done.stdout
    assert len(list(tmp_path.glob("*-avatar-*.webp"))) == 2
    with Image.open(tmp_path / "contact-sheet.png") as sheet:
        assert sheet.width > 4 * 320


PAGES = {
    "README.md": (6, ("https://", "it works", "lighthouse")),
    "docs/tools.md": (1, ("Made 1 image",)),
    "docs/langchain.md": (
        13,
        (
            "the sea is calm",
            "get_weather {'city': 'Paris'}",
            "It is sunny and 21 degrees in Paris.",
            "city='Paris' degrees=21",
            "['reasoning', 'text']",
            "https://",
            "False 503 -10008",
            "of 100.0",
            "27.50",
        ),
    ),
}


@pytest.mark.filterwarnings("ignore:.*is in beta")
@pytest.mark.parametrize("page", PAGES)
def test_every_python_block_of_a_page_runs_and_says_what_it_should(monkeypatch, page):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    said = io.StringIO()
    with emulator_302.running() as gateway, tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("AI302_BASE_URL", gateway.base_url)
        monkeypatch.setenv("AI302_API_KEY", gateway.api_key)
        monkeypatch.setenv("AI302_TRUSTED_HOSTS", gateway.file_host)
        for shown in (ROOT / "cookbook").rglob("*.png"):  # pages name pictures from the root
            target = Path(folder) / shown.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(shown.read_bytes())
        monkeypatch.chdir(folder)
        with redirect_stdout(said):
            for block in blocks:
                exec(compile(block, page, "exec"), names)
        for owner in (*names.values(), *names.get("tools", ())):
            if isinstance(owner, Connection):
                owner.close()
        monkeypatch.undo()
    count, words = PAGES[page]
    assert len(blocks) == count
    assert [text for text in words if text not in said.getvalue()] == []


def test_nothing_in_the_repository_looks_like_a_key_or_a_machine():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    looks = re.compile(
        rb"\bsk-[A-Za-z0-9]{12,}|Bearer [A-Za-z0-9]{20,}|(?<![\w.])/(work|root|home)/"
    )
    found = [
        name
        for name in listed
        if (ROOT / name).is_file() and looks.search((ROOT / name).read_bytes())
    ]
    assert not found
