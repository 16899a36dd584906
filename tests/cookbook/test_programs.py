"""The cookbook and the README do what they say, on the emulator."""

import os
import re
import subprocess
import sys

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.docs.page_blocks import ROOT, run

QUICKSTART = "quickstart.py"


@pytest.fixture
def program(python):
    """Return a function that runs a program of the cookbook; `by` is the command to run it with."""

    def run_program(name, *arguments, env=None, by=python):
        command = [*by, str(ROOT / "cookbook" / name), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=300, check=False, env=env
        )

    return run_program


def test_the_quickstart_reads_its_image_and_the_news_with_sources(program):
    done = program(QUICKSTART, by=[sys.executable])  # as a stranger does: nothing is imported yet
    assert done.returncode == 0, done.stderr
    assert "It is not 302.AI" in done.stdout
    assert "receipt.png" in done.stdout
    assert "32.10" in done.stdout
    assert re.search(r"\[1\] https://\S+", done.stdout)
    assert len(re.findall(r"tokens in, \d+ out, [\d.]+ s, cost 0\.\d+ PTC", done.stdout)) == 2


def test_the_quickstart_reads_an_image_of_the_users_own(program, emulator, tmp_path):
    image = Image.new("RGB", (600, 120), "white")
    font = ImageFont.load_default(size=40)
    ImageDraw.Draw(image).text((30, 30), "Gate B17 boards at 18:25", "black", font)
    image.save(tmp_path / "gate.jpg")
    asked = ("--image", str(tmp_path / "gate.jpg"), "--question", "Which gate is it?")
    done = program(QUICKSTART, *asked, env=os.environ | emulator)
    assert done.returncode == 0, done.stderr
    assert "B17" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("missing.png", None, "Cannot read the image"), ("text.png", b"hello", "is not an image")],
)
def test_the_quickstart_says_what_is_wrong_with_an_image(program, tmp_path, name, content, says):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = program(QUICKSTART, "--image", str(tmp_path / name))
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_agent_draws_makes_avatars_and_shows_them_on_one_sheet(program, tmp_path):
    done = program("agent.py", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "-> generate_image(prompt='a lighthouse at dusk')" in done.stdout
    assert "style='Watercolor', num=2" in done.stdout
    assert "Made 2 avatars" in done.stdout
    assert len(list(tmp_path.glob("*-avatar-*.webp"))) == 2
    with Image.open(tmp_path / "contact-sheet.png") as sheet:
        assert sheet.width > 4 * 320


README_SAYS = ("https://", "HARBOUR LIGHT", "lighthouse")


def test_every_python_block_of_the_readme_runs_and_says_what_it_should():
    said = "".join(block.printed for block in run(ROOT / "README.md"))
    assert [text for text in README_SAYS if text not in said] == []


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
