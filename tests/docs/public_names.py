"""What the four packages offer, read from their source as the documentation site reads it."""

import builtins
import inspect
from functools import cache

import griffe
import pydantic

import core_302.errors

PACKAGES = ("core_302", "core_302.reading", "langchain_302", "llama_index_302", "emulator_302")
OURS = ("core_302.", "langchain_302.", "llama_index_302.", "emulator_302.")

KEYWORDS = griffe.ParameterKind.var_keyword

# Names that a framework calls, and says itself what they are for.
OF_THE_FRAMEWORK = {
    "name",
    "description",
    "response_format",
    "handle_tool_error",
    "handle_validation_error",
    "callback_manager",
    "is_remote",
    "spec_functions",
}


@cache
def loaded():
    """Return the packages, with names that stand for names of another one resolved."""
    loader = griffe.GriffeLoader(docstring_parser="google", search_paths=["."])
    for package in PACKAGES:
        loader.load(package)
    loader.resolve_aliases()
    return loader.modules_collection


def public():
    """Return each public name with the object that it stands for."""
    for package in PACKAGES:
        module = loaded()[package]
        for name in module.exports:
            yield f"{package}.{name}", module[str(name)]


def classes():
    """Return each public class once: several packages offer the errors."""
    found = {thing.canonical_path: thing for _, thing in public() if thing.is_class}
    return sorted(found.items())


def members(thing):
    """Return what a class offers, its ancestors of these packages included."""
    for name, member in thing.all_members.items():
        if member.canonical_path.startswith(OURS) and not name.startswith("_"):
            yield name, member


def fields(thing):
    """Return the fields of a class: what may be given to it by name."""
    for name, member in members(thing):
        given = member.is_attribute and "property" not in member.labels
        said = member.annotation if given else None
        if said is not None and "ClassVar" not in str(said):
            yield name, member


def sections(thing, kind):
    """Return the entries of the sections of one kind in a docstring."""
    parsed = thing.docstring.parsed if thing.docstring else ()
    return [entry for section in parsed if section.kind.value == kind for entry in section.value]


def parameters(thing):
    """Return what a function, or the constructor of a class, may be given."""
    if thing.is_function:
        return {p.name.lstrip("*") for p in thing.parameters} - {"self", "cls"}
    made = thing.all_members.get("__init__")
    if made is None or not made.canonical_path.startswith(OURS):
        return {name for name, _ in fields(thing)}
    # What collects keywords stands for the fields, unless the class tells of it.
    told = {entry.name for entry in sections(thing, "parameters")}
    collected = {
        p.name for p in made.parameters if p.kind is KEYWORDS and f"**{p.name}" not in told
    }
    return (parameters(made) - collected) | {name for name, _ in fields(thing)}


def is_error(name):
    """Whether `name` is an error of this project, of pydantic or of Python."""
    homes = {"pydantic": pydantic, "": builtins}
    module, _, short = name.rpartition(".")
    found = getattr(core_302.errors, name, None) or getattr(homes.get(module), short, None)
    return inspect.isclass(found) and issubclass(found, BaseException)
