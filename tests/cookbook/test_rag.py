"""The recipes that read scans: twenty questions with the right page, and a cluster of workers."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cookbook.conftest import variables
from tests.scans import scan

COOKBOOK = Path(__file__).parents[2] / "cookbook"
QUESTIONS = {
    "What did Harbour Bakery charge in total?": "bakery.jpg, page 1",
    "What did the rye bread cost?": "bakery.jpg, page 1",
    "Which receipt has the number 4711?": "bakery.jpg, page 1",
    "What did the oil change cost at the garage?": "garage.png, page 1",
    "How much were the new tyres?": "garage.png, page 1",
    "Who was paid by card?": "garage.png, page 1",
    "Was kostet eine Brezel?": "baeckerei.png, page 1",
    "Wie hoch ist die Summe der Rechnung 88?": "baeckerei.png, page 1",
    "Welche Backerei heisst Sonne?": "baeckerei.png, page 1",
    "Who is the tenant of the flat?": "lease.tiff, page 1",
    "How high is the monthly rent?": "lease.tiff, page 1",
    "How long is the notice period?": "lease.tiff, page 2",
    "How much is the deposit?": "lease.tiff, page 2",
    "What was signed by Jonas Falk?": "lease.tiff, page 2",
    "How much did revenue grow?": "report.pdf, page 1",
    "How many people are on the staff?": "report.pdf, page 1",
    "Where does a factory open?": "report.pdf, page 2",
    "What is the dividend per share?": "report.pdf, page 2",
    "Wann endet die Versicherung?": "brief.png, page 1",
    "Wer schreibt an Frau Weber?": "brief.png, page 1",
}


@pytest.mark.parametrize("recipe", ["rag_over_scans.py", "llama_index_rag.py"])
def test_twenty_questions_are_answered_from_the_right_page(recipe, python, emulator):
    command = [*python, str(COOKBOOK / recipe), *QUESTIONS]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env=os.environ | emulator
    )
    assert done.returncode == 0, done.stderr
    assert "Pages: 8 read" in done.stdout
    blocks = dict(block.split("\n", 1) for block in done.stdout.strip().split("\n\n")[1:])
    first = {asked: re.search(r"\d\.\d\d  (.+)", blocks[asked])[1] for asked in QUESTIONS}
    assert first == QUESTIONS
    assert "1900 EUR [lease.tiff, page 2]" in blocks["How much is the deposit?"]


def test_workers_of_ray_read_each_image_once_at_one_rate_and_go_on_after_a_broken_one(
    tmp_path, gateway
):
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.png").write_bytes(scan(f"Page {number % 5}"))
    (folder / "6.png").write_bytes(b"no image")
    command = [sys.executable, str(COOKBOOK / "ocr_on_ray.py"), "--folder", str(folder)]
    command += ["--batch", "2", "--rate", "1"]
    with gateway.scope("ray") as counted:
        env = os.environ | variables(counted)
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=300, check=False, env=env
        )
        requests = len(counted.requests)
    assert done.returncode == 0, done.stderr
    # On a busy machine Ray may give one of the two workers everything: how many read is its choice.
    read = re.search(r"7 pages, 1 from the cache, 1 failed; [12] workers, ([\d.]+) s", done.stdout)
    assert read, done.stdout
    assert "6.png: it is neither an image nor a PDF" in done.stdout
    assert "Page 0" in done.stdout
    assert requests == 5
    assert float(read[1]) >= requests - 1  # one a second for both together; the first need not wait
