"""The judgement: what was ordered against what was told, and every claim of the soak."""

from __future__ import annotations

from typing import Any


def images(orders: str, fates: str) -> dict[str, int]:
    """Compare what the server was told to draw with what each caller was told of it.

    Args:
        orders: The prompts that arrived, one in a line.
        fates: A fate (`delivered`, `maybe`, `no`) and a prompt in each line.
    """
    ordered = orders.split()
    told = [line.split() for line in fates.splitlines()]
    delivered = {prompt for fate, prompt in told if fate == "delivered"}
    maybe = {prompt for fate, prompt in told if fate == "maybe"}
    seen = set(ordered)
    return {
        "ordered": len(ordered),
        "ordered_twice": len(ordered) - len(seen),
        "delivered": len(delivered),
        "maybe": len(maybe),
        "maybe_and_ordered": len(maybe & seen),
        "delivered_without_an_order": len(delivered - seen),
        "ordered_and_untold": len(seen - delivered - maybe),
    }


def claims(found: dict[str, Any]) -> dict[str, bool]:
    """Tell of each claim whether it was kept."""
    calls, drawn = found["calls"], found["images"]
    ended = calls["answered"] + calls["refused"]
    paid_for = drawn["delivered"] + drawn["maybe_and_ordered"]
    return {
        "every call ends in an answer or a typed error": calls["begun"] == ended
        and not calls["hanging"],
        "no error is a stranger's": not calls["strangers"],
        "no answer reaches the wrong caller": not calls["wrong"],
        "no image is ordered twice": not drawn["ordered_twice"],
        "every order was delivered, or its caller told that it may be billed": (
            drawn["ordered"] == paid_for and not drawn["delivered_without_an_order"]
        ),
        **{f"no growth: {name}": line["flat"] for name, line in found["growth"].items()},
    }
