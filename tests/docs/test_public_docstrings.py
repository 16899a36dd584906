"""Whoever asks an editor about a public name gets an answer, and a true one."""

import re

from tests.docs.public_names import (
    OF_THE_FRAMEWORK,
    classes,
    fields,
    is_error,
    members,
    parameters,
    public,
    sections,
)


def functions():
    for path, thing in public():
        if thing.is_function:
            yield path, thing
    for path, thing in classes():
        for name, member in members(thing):
            if member.is_function:
                yield f"{path}.{name}", member


def test_every_public_name_has_a_docstring():
    assert [path for path, thing in public() if not thing.docstring] == []


def test_every_public_method_and_property_has_a_docstring():
    offered = [
        (f"{path}.{name}", member)
        for path, thing in classes()
        for name, member in members(thing)
        if member.is_function or "property" in member.labels
    ]
    assert len(offered) > 100
    assert [path for path, member in offered if not member.docstring] == []


def test_every_field_is_told_by_its_class_or_below_its_name():
    silent = []
    for path, thing in classes():
        owners = [thing, *thing.mro()]
        told = {
            entry.name
            for owner in owners
            for kind in ("attributes", "parameters")
            for entry in sections(owner, kind)
        }
        silent += [
            f"{path}.{name}"
            for name, member in fields(thing)
            if not member.docstring and name not in told | OF_THE_FRAMEWORK
        ]
    assert silent == []


def test_an_argument_that_is_told_is_an_argument_that_there_is():
    wrong = [
        f"{path}: {entry.name}"
        for path, thing in [*functions(), *classes()]
        for entry in sections(thing, "parameters")
        if entry.name.lstrip("*") not in parameters(thing)
    ]
    assert wrong == []


def test_who_tells_one_argument_of_a_function_tells_them_all():
    silent = []
    for path, thing in functions():
        told = {entry.name.lstrip("*") for entry in sections(thing, "parameters")}
        silent += [f"{path}: {name}" for name in parameters(thing) - told if told]
    assert silent == []


def test_an_attribute_that_is_told_is_an_attribute_that_there_is():
    wrong = [
        f"{path}.{entry.name}"
        for path, thing in classes()
        for entry in sections(thing, "attributes")
        if entry.name not in thing.all_members
    ]
    assert wrong == []


def test_a_method_that_asks_the_gateway_says_what_it_raises_or_which_one_does():
    asks = (
        "._gateway.client",
        "._gateway.async_client",
        "self._ask(",
        "self.run(",
        "_client.run(",
        "_client.",
    )
    asking = [
        (path, member)
        for path, member in functions()
        if any(word in member.source for word in asks) and not path.endswith("close")
    ]
    assert len(asking) > 50
    assert [path for path, member in asking if not _says_what_it_raises(member)] == []


def _says_what_it_raises(member):
    refers = re.search(r"(See|, as) `\w+`", member.docstring.value)
    return bool(sections(member, "raises") or refers)


def test_an_error_that_is_told_is_an_error_that_there_is():
    told = [
        (path, str(entry.annotation))
        for path, thing in [*functions(), *classes()]
        for entry in sections(thing, "raises")
    ]
    assert len(told) > 50
    assert [f"{path}: {name}" for path, name in told if not is_error(name)] == []
