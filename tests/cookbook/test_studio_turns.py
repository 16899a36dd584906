"""What the Studio shows of a conversation, without a browser."""

import sys
from pathlib import Path

import pytest

COOKBOOK = Path(__file__).parents[2] / "cookbook"
sys.path.insert(0, str(COOKBOOK))

from studio_page.cards import apology_card, turn_at  # noqa: E402
from studio_page.kindly import Apology  # noqa: E402
from studio_page.turns import Turn  # noqa: E402


def test_the_message_that_is_edited_belongs_to_its_turn_whatever_the_others_show():
    picture = Path("receipt.png")
    turns = [
        Turn("one", (), "m", state="stopped", thoughts="so", text="half"),  # 4 messages
        Turn("", (picture, picture), "m", state="stopped"),  # 3 messages
        Turn("three", (), "m", state="stopped"),  # 2 messages
    ]
    assert [turn_at(turns, number) for number in range(9)] == [0] * 4 + [1] * 3 + [2] * 2
    with pytest.raises(IndexError):
        turn_at(turns, 9)


def test_a_request_id_is_short_to_read_and_whole_to_copy():
    whole = "0123456789abcdef0123456789abcdef"
    card = apology_card(Apology("It broke.", "Ask again.", request_id=whole))
    assert "request 0123456789abcdef0…" in card
    assert f'data-copy="{whole}"' in card
    assert "…" not in apology_card(Apology("It broke.", "Ask again.", request_id="1234"))
