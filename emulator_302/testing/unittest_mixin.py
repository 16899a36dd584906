"""A mixin for `unittest`: each test has a scope of one emulator, which all tests share."""

from __future__ import annotations

import atexit
import os
import unittest
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING
from unittest.mock import patch

from emulator_302.testing.gateway import Gateway
from emulator_302.testing.shared_server import scope_name, shared

if TYPE_CHECKING:
    Tests = unittest.TestCase
else:
    Tests = object


@cache
def _server() -> Gateway:
    """Return the emulator of this process, which is stopped when the process ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    return shared(stack)


class EmulatorMixin(Tests):
    """Gives the tests of a `unittest.TestCase` an emulator: `class Tests(EmulatorMixin, TestCase)`.

    In each test the environment names the emulator, so that 302.AI's clients need no arguments. A
    test that passes and leaves a script or a fault unused fails, unless it sets
    `self.emulator.allow_unused`; one that fails shows its transcript. The server starts with the
    first test that needs it.

    Attributes:
        emulator: The `Gateway` of the test at hand.
    """

    emulator: Gateway

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test with a scope of its own."""
        with _server().scope(scope_name(self.id())) as self.emulator:
            self.addCleanup(self._assert_all_used)
            with patch.dict(os.environ, self.emulator.environment):
                result = super().run(result)
            self._tell(result)
        return result

    def _assert_all_used(self) -> None:
        # A test that has failed already is not told of what it could not use any more.
        if getattr(getattr(self, "_outcome", None), "success", True):
            self.emulator.assert_all_used()

    def _tell(self, result: unittest.TestResult | None) -> None:
        """Add the transcript to what the result says of this test, if it failed."""
        for kind in ("failures", "errors"):
            said = getattr(result, kind, [])
            for place, (test, text) in enumerate(said):
                if test is self:
                    said[place] = (test, f"{text}\n302.AI emulator:\n{self.emulator.transcript()}")
