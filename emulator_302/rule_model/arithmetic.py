"""Solves the sums that stand in a question, exactly and with a bound on their size.

Only numbers and the four operations, powers and brackets are understood; nothing is executed.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from fractions import Fraction

WORDS = (
    (r"\bplus\b", "+"),
    (r"\bminus\b", "-"),
    (r"\b(?:times|multiplied by)\b", "*"),
    (r"\b(?:divided by|over)\b", "/"),
    (r"\bto the power of\b", "**"),
    ("\N{MULTIPLICATION SIGN}|\N{MIDDLE DOT}", "*"),
    ("\N{DIVISION SIGN}", "/"),
    ("\N{MINUS SIGN}", "-"),
    (r"(?<=\d)\s*x\s*(?=\d)", "*"),
    (r"\^", "**"),
)
NUMBER = r"\d+(?:\.\d+)?"
SUM = re.compile(
    rf"(?<![\w.])[-(\s]*{NUMBER}[)\s]*(?:(?:\*\*|[-+*/%])[-(\s]*{NUMBER}[)\s]*)+(?![\w])"
)
OPERATIONS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
GREATEST_POWER = 64
GREATEST_BASE = 10_000
GREATEST = 10**100
MOST_CHARACTERS = 200
PLACES = 10


def asked_sum(text: str) -> tuple[str, str] | None:
    """Return the sum that a text asks for and its result, or None."""
    for pattern, sign in WORDS:
        text = re.sub(pattern, sign, text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d)%(?!\S)", " percent", text)  # "7% 2.10" is not a remainder
    # Dates and telephone numbers look like differences.
    text = re.sub(r"\b\d+(?:-\d+){2,}\b", " ", text)
    for found in SUM.finditer(text):
        asked = found[0].strip()
        asked = _balanced(asked)
        result = solved(asked)
        if result is not None:
            return re.sub(r"\s+", " ", asked), result
    return None


def _balanced(text: str) -> str:
    """Return the sum without brackets that belong to the sentence around it."""
    while text.startswith("(") and text.count("(") > text.count(")"):
        text = text[1:].strip()
    while text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1].strip()
    return text


def solved(text: str) -> str | None:
    """Return the result of a sum, or None if the text is none or is too large."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        value = _value(ast.parse(text, mode="eval").body)
        if abs(value) > GREATEST:
            return None
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None
    if value.denominator == 1:
        return str(value.numerator)
    return f"{round(float(value), PLACES):.{PLACES}f}".rstrip("0").rstrip(".")


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = _value(node.left), _value(node.right)
        if abs(base) > GREATEST_BASE or power.denominator != 1 or abs(power) > GREATEST_POWER:
            raise ValueError("too large")
        return Fraction(base ** int(power))
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](_value(node.left), _value(node.right))
    raise ValueError("not a sum")
