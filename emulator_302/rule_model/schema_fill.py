"""Fills a JSON Schema with values from a text: the rule-based model's way to write arguments.

What is required is always there and of the right type; what is optional only if the text has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator_302.rule_model.conversation import BadRequest
from emulator_302.rule_model.schema_limits import Allowance, whole
from emulator_302.rule_model.schema_values import (
    MISSING,
    boolean,
    bounded,
    by_chance,
    number,
    rows_of,
    string,
    strings,
    within,
)
from emulator_302.rule_model.sentiment import judged
from emulator_302.rule_model.small_talk import joke
from emulator_302.rule_model.text_values import Evidence
from emulator_302.rule_model.wording import stem, words

DEEPEST = 6


def fill(schema: Mapping[str, Any], text: str, root: Any = None, *, reply: str = "") -> Any:
    """Return a value that `schema` accepts, taken from `text` as far as it goes.

    Args:
        schema: The JSON Schema.
        text: Where values come from.
        root: The schema that `$ref` points into, if it is not `schema` itself.
        reply: The answer to the text, for keys such as "answer".

    Raises:
        BadRequest: What it asks for has no end, or a far one.
    """
    filler = _Filler(schema if root is None else root, text, reply, Allowance())
    try:
        value = filler.value(schema, "", must=True, depth=0)
    except RecursionError:
        raise BadRequest("Parameter error: the schema goes round in circles") from None
    return None if value is MISSING else value


class _Filler:
    """One filling: a root for references and the text with what is already used of it."""

    def __init__(self, root: Any, text: str, reply: str, allowance: Allowance) -> None:
        self.root = root
        self.allowance = allowance
        self.reply = reply
        self.evidence = Evidence(text)

    def value(self, given: Any, name: str, *, must: bool, depth: int) -> Any:
        """Return a value for a schema; `MISSING` if it need not be and the text has none."""
        schema = self._resolved(given)
        self.allowance.spend(schema)
        if "const" in schema:
            return schema["const"] if must else MISSING
        if "enum" in schema:
            return self._member(schema, name, must=must)
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            return self._choice(schema, choices, name, must=must, depth=depth)
        kind = _kind(schema)
        if isinstance(kind, list):
            branches = [{**schema, "type": one} for one in kind]
            return self._choice(schema, branches, name, must=must, depth=depth)
        if kind == "object":
            return self._object(schema, must=must, depth=depth)
        if kind == "array":
            return self._array(schema, name, must=must, depth=depth)
        return self._leaf(schema, kind, name, must=must)

    def _leaf(self, schema: Mapping[str, Any], kind: str, name: str, *, must: bool) -> Any:
        if kind == "null":
            return None if must else MISSING
        if kind == "boolean":
            found = boolean(self.evidence, name)
        elif kind in ("integer", "number"):
            found = number(self.evidence, name, schema, must=must)
        else:
            found = string(self.evidence, name, schema, self.reply, must=must)
        if found is MISSING and must and "default" in schema:
            return schema["default"]
        if found is MISSING and must:
            return False
        return found

    def _member(self, schema: Mapping[str, Any], name: str, *, must: bool) -> Any:
        """Return the member that the text names; if it must, the default, or one by chance."""
        members = schema["enum"]
        labelled = self.evidence.labelled(name) if name else None
        for member in members:
            if labelled and str(member).lower() == labelled.lower():
                return member
        said = f" {' '.join(words(self.evidence.text))} "
        places = [said.find(f" {' '.join(words(str(one)))} ") for one in members]
        named = sorted(
            (place, number)
            for number, place in enumerate(places)
            if place >= 0 and members[number] is not None and words(str(members[number]))
        )
        # An order that lists every member says which there are, not which it is.
        if named and (len(named) < len(members) or len(members) == 1):
            return members[named[0][1]]
        felt = judged(members, self.evidence.text)
        if felt is not None or not (must or named):
            return MISSING if felt is None else felt
        return schema.get("default", by_chance(members, self.evidence.text))

    def _choice(
        self, schema: Mapping[str, Any], choices: list[Any], name: str, *, must: bool, depth: int
    ) -> Any:
        """Return a value of the branch that fits; null only where the text has nothing else."""
        rest = {k: v for k, v in schema.items() if k not in ("anyOf", "oneOf", "type")}
        branches = [{**rest, **self._resolved(branch)} for branch in choices]
        nullable = any(branch.get("type") == "null" for branch in branches)
        real = [branch for branch in branches if branch.get("type") != "null"]
        real.sort(key=self._fit, reverse=True)
        for branch in real:
            found = self.value(branch, name, must=False, depth=depth + 1)
            if found is not MISSING:
                return found
        if not must:
            return MISSING
        if "default" in schema:
            return schema["default"]
        if nullable and (name or not real):
            return None
        return self.value(real[0], name, must=True, depth=depth + 1)

    def _fit(self, branch: Mapping[str, Any]) -> int:
        """Return how many words of the text a branch of objects knows."""
        said = {stem(word) for word in words(self.evidence.text)}
        names = [branch.get("title", ""), *branch.get("properties", {})]
        for inner in branch.get("properties", {}).values():
            names += [str(v) for v in (inner.get("const"), *inner.get("enum", ())) if v is not None]
        return len(said & {stem(word) for name in names for word in words(str(name))})

    def _object(self, schema: Mapping[str, Any], *, must: bool, depth: int) -> Any:
        properties: Mapping[str, Any] = schema.get("properties") or {}
        required = [key for key in schema.get("required", ()) if must or key in properties]
        if "setup" in properties and (must or "setup" in required):
            return self._joke(properties, required, depth)
        if depth > DEEPEST:
            return {} if must else MISSING
        found: dict[str, Any] = {}
        for key, inner in properties.items():
            value = self.value(inner, key, must=False, depth=depth + 1)
            if value is not MISSING:
                found[key] = value
        if not must and not found:
            return MISSING
        for key in required:
            if key not in found:
                found[key] = self.value(properties.get(key, {}), key, must=True, depth=depth + 1)
        order = [*properties, *required]
        return {key: found[key] for key in dict.fromkeys(order) if key in found}

    def _joke(self, properties: Mapping[str, Any], required: list[str], depth: int) -> Any:
        setup, punchline = joke(self.evidence.text)
        summary_of = {"setup": setup, "punchline": punchline}
        for key in required:
            if key not in summary_of:
                summary_of[key] = self.value(
                    properties.get(key, {}), key, must=True, depth=depth + 1
                )
        return {key: summary_of[key] for key in properties if key in summary_of}

    def _array(self, schema: Mapping[str, Any], name: str, *, must: bool, depth: int) -> Any:
        if isinstance(schema.get("prefixItems"), list):
            return [
                self.value(inner, name, must=True, depth=depth + 1)
                for inner in schema["prefixItems"]
            ]
        items = self._resolved(schema.get("items") or {})
        least, most = whole(schema, "minItems"), schema.get("maxItems")
        found = self._items(items, name, must=must, depth=depth)
        if not found and not must:
            return MISSING
        while len(found) < least and depth <= DEEPEST:
            found.append(self.value(items, name, must=True, depth=depth + 1))
        return found if most is None else found[: int(most)]

    def _items(
        self,
        items: Mapping[str, Any],
        name: str,
        *,
        must: bool,
        depth: int,
    ) -> list[Any]:
        if depth > DEEPEST:
            return []
        if "enum" in items:
            said = f" {' '.join(words(self.evidence.text))} "
            return [m for m in items["enum"] if f" {' '.join(words(str(m)))} " in said]
        choices = [self._resolved(one) for one in items.get("anyOf") or items.get("oneOf") or ()]
        if choices:
            real = [one for one in choices if one.get("type") != "null"]
            best = max(real, key=self._fit, default=None)
            return [] if best is None else self._items(best, name, must=must, depth=depth + 1)
        kind = _kind(items)
        if kind == "object":
            return self._objects(items, must=must, depth=depth)
        if kind in ("integer", "number"):
            integer = kind == "integer"
            numbers = iter(self.evidence.number, None) if must else ()
            return [within(one, items, integer=integer) for one in numbers if one is not None]
        if kind != "string" or {"const", "format", "pattern"} & items.keys():
            value = self.value(items, name, must=False, depth=depth + 1)
            return [] if value is MISSING else [value]
        return [self._bounded(text, items) for text in strings(self.evidence, name, must=must)]

    def _bounded(self, text: str, schema: Mapping[str, Any]) -> str:
        self.allowance.spend(schema)
        return bounded(text, schema)

    def _objects(self, items: Mapping[str, Any], *, must: bool, depth: int) -> list[Any]:
        """Return an object for each row or clause of the text that has what an item needs."""
        found = []
        needed = set(items.get("required", ())) or set(items.get("properties", {}))
        for row in rows_of(self.evidence.text, items):
            inner = _Filler(self.root, row, "", self.allowance)
            item = inner.value(items, "", must=False, depth=depth + 1)
            if item is not MISSING and needed <= item.keys():
                found.append(item)
        if not found and must and depth < DEEPEST // 2:
            found.append(self.value(items, "", must=True, depth=depth + 1))
        return found

    def _resolved(self, given: Any) -> dict[str, Any]:
        """Return the schema with `$ref` and `allOf` put in place."""
        self.allowance.spend({})
        schema: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {}
        for _ in range(DEEPEST):
            if "$ref" not in schema:
                break
            target = self._target(str(schema.pop("$ref")))
            schema = {**target, **schema}
        for part in schema.pop("allOf", ()):
            inner = self._resolved(part)
            schema["properties"] = {**inner.get("properties", {}), **schema.get("properties", {})}
            schema["required"] = [*inner.get("required", ()), *schema.get("required", ())]
            schema = {**inner, **schema}
            if not schema["properties"]:
                del schema["properties"], schema["required"]
        return schema

    def _target(self, reference: str) -> dict[str, Any]:
        node: Any = self.root
        for step in reference.lstrip("#/").split("/"):
            step_name = step.replace("~1", "/").replace("~0", "~")
            node = node.get(step_name, {}) if isinstance(node, Mapping) else {}
        return dict(node) if isinstance(node, Mapping) else {}


def _kind(schema: Mapping[str, Any]) -> Any:
    """Return the type of a schema, guessed from its other words where it names none."""
    if "type" in schema:
        return schema["type"]
    if "properties" in schema:
        return "object"
    return "array" if "items" in schema else "string"
