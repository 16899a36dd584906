"""The recipes that read scans: twenty questions with the right page."""

import os
import re
import subprocess
from pathlib import Path

import pytest

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
