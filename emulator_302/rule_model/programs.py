"""Works out small programs without running them: prints, sums, names and loops, within limits.

Nothing is executed. A program is read as a syntax tree, and only the kinds of nodes that stand here
are worked out, in bounded steps and with values of bounded size. At anything else the program is
left, and its errors say so: a program that was not run must never look like one that was.
"""

from __future__ import annotations

import ast
import builtins
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator_302.rule_model.arithmetic import GREATEST, GREATEST_BASE, GREATEST_POWER, solved

MOST_CHARACTERS = 4_000  # of a program
MOST_STEPS = 20_000
MOST_SIZE = 10_000  # characters or entries of one value
MOST_PRINTED = 64_000  # characters
SIZE_OF_A_STEP = 10
MOST_DIGITS = 20  # that a number is rounded to

OPERATIONS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
CALLS: Mapping[str, Callable[..., Any]] = {
    f.__name__: f for f in (abs, float, int, len, list, max, min, range, round, sorted, str, sum)
}
PLAIN = (int, float, str, bool, type(None))
SPEC = re.compile(r",?(?:\.\d{1,2})?[defg%]?")
TEXT = r"'[^'\\]*'|\"[^\"\\]*\""
SUM = r"[\d\s+*()-]+"  # of whole numbers, which every language adds alike
# What prints a text or a sum in the other languages.
PRINTS = {
    "js": re.compile(rf"console\.log\(({TEXT}|{SUM})\);?"),
    "r": re.compile(rf"print\(({TEXT}|{SUM})\)"),
    "java": re.compile(rf"System\.out\.println\(({TEXT}|{SUM})\);"),
    "bash": re.compile(rf"echo\s+({TEXT}|[\w .,:!-]+)"),
}
EXPANDED = ("$", "`")  # what bash puts something else for, also between double quotes


@dataclass(frozen=True)
class Ran:
    """What a program printed, and the seconds that it said to wait."""

    stdout: tuple[str, ...]
    stderr: tuple[str, ...]
    seconds: float = 0.0


class _Beyond(Exception):  # noqa: N818 - it names a limit of this module
    """The program asks for more than is worked out here."""


class _TimedOut(Exception):  # noqa: N818 - named after what is reported
    """The program takes longer than it may."""


def worked_out(code: str, language: str, timeout: float) -> Ran:
    """Return what a program prints, as far as it can be worked out.

    Args:
        code: The program.
        language: `js`, `r`, `java` or `bash`; anything else counts as Python, as 302.AI says.
        timeout: Seconds that it may wait.
    """
    program = _Program(timeout)
    try:
        if language in PRINTS:
            program.print_lines(code, language)
        else:
            program.run_text(code)
    except _Beyond as error:
        return program.ended(f"This is the emulator: it runs no programs. {error}\n")
    except _TimedOut:
        return program.ended(f"Execution timed out after {timeout:g} seconds\n")
    except (SyntaxError, RecursionError, MemoryError) as error:
        return program.ended(f"SyntaxError: {getattr(error, 'msg', 'too complex')}\n")
    except (ArithmeticError, NameError, TypeError, ValueError) as error:
        said = f"{type(error).__name__}: {error}\n"
        return program.ended("Traceback (most recent call last):\n", program.place, said)
    return program.ended()


class _Program:
    """One program while it is worked out: its names, its output, its steps."""

    def __init__(self, timeout: float) -> None:
        self._names: dict[str, Any] = {}
        self._printed: list[str] = []
        self._steps = 0
        self._seconds = 0.0
        self._timeout = timeout
        self._line = 1

    @property
    def place(self) -> str:
        """Where it is, as a line of a traceback."""
        return f'  File "<code>", line {self._line}\n'

    def ended(self, *errors: str) -> Ran:
        """Return what it printed, and these lines as its errors."""
        return Ran(tuple(self._printed), errors, self._seconds)

    def print_lines(self, code: str, language: str) -> None:
        """Print what each line of another language prints."""
        for number, line in enumerate(code.splitlines(), 1):
            self._line = number
            if not (plain := line.strip()):
                continue
            found = PRINTS[language].fullmatch(plain)
            said = _literal(found[1], language) if found else None
            if said is None:
                raise self._beyond()
            self._print([said])

    def run_text(self, code: str) -> None:
        """Work out a Python program."""
        if len(code) > MOST_CHARACTERS:
            raise _Beyond(f"It looks at programs of up to {MOST_CHARACTERS} characters.")
        self._run(ast.parse(code).body)

    def _run(self, body: Sequence[ast.stmt]) -> None:
        for node in body:
            self._at(node)
            match node:
                case ast.Expr(value=value):
                    self._value(value)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._names[name] = self._value(value)
                case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                    self._names[name] = self._operate(op, self._named(name), self._value(value))
                case ast.If(test=test, body=inner, orelse=other):
                    self._run(inner if self._value(test) else other)
                case ast.For() | ast.While():
                    self._loop(node)
                case ast.Pass() | ast.Import(names=[ast.alias(name="time", asname=None)]):
                    pass
                case _:
                    raise self._beyond()

    def _loop(self, node: ast.For | ast.While) -> None:
        match node:
            case ast.For(target=ast.Name(id=name), iter=given, body=body, orelse=[]):
                for item in self._kept(self._value(given)):
                    self._names[name] = item
                    self._run(body)
            case ast.While(test=test, body=body, orelse=[]):
                while self._value(test):
                    self._run(body)
            case _:
                raise self._beyond()

    def _value(self, node: ast.expr) -> Any:
        self._at(node)
        match node:
            case ast.Constant(value=value) if isinstance(value, PLAIN):
                return self._kept(value)
            case ast.Name(id=name):
                return self._named(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._value(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self._operate(op, self._value(left), self._value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._operate(op, self._value(left), self._value(right))
            case ast.List(elts=entries):
                return self._kept([self._value(entry) for entry in entries])
            case ast.JoinedStr(values=parts):
                return self._kept("".join(map(self._part, parts)))
            case ast.Call(func=called, args=given, keywords=[]):
                return self._call(called, [self._value(one) for one in given])
        raise self._beyond()

    def _part(self, node: ast.expr) -> str:
        """Return one part of an f-string."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return str(self._value(value))
            case ast.FormattedValue(
                value=value,
                conversion=-1,
                format_spec=ast.JoinedStr(values=[ast.Constant(value=str(spec))]),
            ) if SPEC.fullmatch(spec):
                return format(self._value(value), spec)
        raise self._beyond()

    def _named(self, name: str) -> Any:
        if name in self._names:
            return self._names[name]
        if hasattr(builtins, name):
            raise self._beyond()
        raise NameError(f"name {name!r} is not defined")

    def _operate(self, op: ast.AST, left: Any, right: Any) -> Any:
        if type(op) not in OPERATIONS or (isinstance(op, ast.Mod) and isinstance(left, str)):
            raise self._beyond()
        if isinstance(op, ast.Pow) and not (
            abs(left) <= GREATEST_BASE and abs(right) <= GREATEST_POWER
        ):
            raise self._beyond()
        if isinstance(op, ast.Mult):
            for text, times in ((left, right), (right, left)):
                if isinstance(text, (str, list)) and isinstance(times, int):
                    self._kept(range(_size(text) * times))
        return self._kept(OPERATIONS[type(op)](left, right))

    def _call(self, called: ast.expr, given: list[Any]) -> Any:
        match called:
            case ast.Name(id="print"):
                return self._print(given)
            case ast.Name(id=name) if name in CALLS and name not in self._names:
                return self._known(name, given)
            case ast.Name(id=name):
                self._named(name)
            case ast.Attribute(value=ast.Name(id="time"), attr="sleep"):
                return self._sleep(*given)
        raise self._beyond()

    def _known(self, name: str, given: list[Any]) -> Any:
        if name == "round" and not all(abs(digits) <= MOST_DIGITS for digits in given[1:2]):
            raise self._beyond()
        self._spend(sum(_size(one) for one in given) // SIZE_OF_A_STEP)
        return self._kept(CALLS[name](*given))

    def _kept(self, value: Any) -> Any:
        """Return a value that is not too large to keep."""
        size = _size(value)
        if size > MOST_SIZE:
            raise self._beyond()
        self._spend(size // SIZE_OF_A_STEP)
        return value

    def _print(self, given: list[Any]) -> None:
        line = " ".join(map(str, given)) + "\n"
        self._spend(len(line) // SIZE_OF_A_STEP)
        if sum(map(len, self._printed)) + len(line) > MOST_PRINTED:
            raise _Beyond(f"It keeps {MOST_PRINTED} characters of what is printed.")
        self._printed.append(line)

    def _sleep(self, seconds: Any) -> None:
        self._seconds += abs(float(seconds))
        if not self._seconds <= self._timeout:
            self._seconds = self._timeout
            raise _TimedOut

    def _at(self, node: ast.stmt | ast.expr) -> None:
        """Go to a node, which is a step."""
        self._line = node.lineno
        self._spend(1)

    def _spend(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_STEPS:
            self._seconds = self._timeout
            raise _TimedOut

    def _beyond(self) -> _Beyond:
        return _Beyond(
            "It works out print() of texts and sums, names, if and loops in Python, and lines that "
            f"print a text or a sum in other languages; line {self._line} is more than that."
        )


def _size(value: Any) -> int:
    """Return how many characters or entries a value has; of one that is not kept, too many."""
    if isinstance(value, list):
        return sum(map(_size, value))
    if isinstance(value, range):
        # Its own length may be more than Python counts.
        return max(0, (value.stop - value.start) // value.step)
    if isinstance(value, str):
        return len(value)
    small = isinstance(value, PLAIN) and not (isinstance(value, int) and abs(value) > GREATEST)
    return 1 if small else MOST_SIZE + 1


def _literal(text: str, language: str) -> str | None:
    """Return what printing a text or a sum prints; None if that cannot be told."""
    quoted = text[0] in "'\""
    plain: str | None
    if language == "bash":
        plain = text[1:-1] if quoted else " ".join(text.split())
        return None if text[0] != "'" and any(sign in text for sign in EXPANDED) else plain
    plain = text[1:-1] if quoted else solved(text.strip())
    if language != "r" or plain is None:
        return plain
    return f'[1] "{plain}"' if quoted else f"[1] {plain}"
