"""What the page says, for what Gradio draws and for the HTML of our own."""

from __future__ import annotations

from html import escape


def said(english: str) -> str:
    """Return a text for a label, a button, a placeholder: what Gradio draws.

    Args:
        english: The text.
    """
    return english


def in_both(english: str, **values: object) -> str:
    """Return a text as HTML, escaped.

    Args:
        english: The text; `{name}` stands for a value.
        **values: The values.
    """
    return escape(english.format(**values))
