"""The cookbook and the README do what they say, on the emulator."""

import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

import emulator_302

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


BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def test_every_python_block_of_the_readme_runs(monkeypatch):
    with emulator_302.running() as gateway:
        monkeypatch.setenv("AI302_BASE_URL", gateway.base_url)
        monkeypatch.setenv("AI302_API_KEY", gateway.api_key)
        names: dict[str, object] = {}
        said = io.StringIO()
        with redirect_stdout(said):
            for block in BLOCKS:
                exec(compile(block, "README.md", "exec"), names)
        names["model"].close()
    assert len(BLOCKS) == 4
    assert "https://" in said.getvalue()
    assert "it works" in said.getvalue()


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
