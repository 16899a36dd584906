"""How much a schema may make the emulator write: a few bounds in it multiply to gigabytes.

`minItems` in `minItems`, a `minLength` of a billion, a schema that names itself twice: whatever it
is, what is written for one schema is counted as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator_302.rule_model.conversation import BadRequest

MOST_VALUES = 5_000  # values that are looked for, and schemas that are put in place of `$ref`
MOST_LETTERS = 1_000_000  # characters that a `minLength` asks for


class Allowance:
    """What is left for one schema, shared by all who fill it."""

    def __init__(self) -> None:
        self._values, self._letters = MOST_VALUES, MOST_LETTERS

    def spend(self, schema: Mapping[str, Any]) -> None:
        """Take one value of `schema`.

        Raises:
            BadRequest: Nothing is left.
        """
        self._values -= 1
        self._letters -= whole(schema, "minLength")
        if self._values < 0 or self._letters < 0:
            raise BadRequest("Parameter error: the schema asks for a longer answer than is written")


def whole(schema: Mapping[str, Any], name: str) -> int:
    """Return a bound of a schema, which is a whole number of at least 0; else 0."""
    bound = schema.get(name)
    return max(0, bound) if isinstance(bound, int) and not isinstance(bound, bool) else 0
