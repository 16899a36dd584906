"""A local 302.AI for demos, tests and benchmarks. It is not 302.AI, and says so.

A name loads its module on first use, so that `python -m emulator_302` can say in one
line what is not installed.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator_302.http.billing import Price
    from emulator_302.http.faults import Fault
    from emulator_302.http.log import LoggedRequest
    from emulator_302.http.refusals import EMULATOR_KEY
    from emulator_302.http.server import connect, running
    from emulator_302.http.tasks import Outcome
    from emulator_302.recording.cassette import Recording, without_dates, without_ids
    from emulator_302.scripts.conditions import When
    from emulator_302.scripts.conversation import Conversation
    from emulator_302.scripts.pace import Pace
    from emulator_302.scripts.parts import Call, Json, Say, Think
    from emulator_302.testing.builder import ScriptBuilder
    from emulator_302.testing.gateway import Gateway
    from emulator_302.testing.stand_in import stand_in
    from emulator_302.testing.unittest_mixin import EmulatorMixin


def _version() -> str:
    try:
        return version("emulator-302")
    except PackageNotFoundError:  # a source tree that was not installed
        return "0+unknown"


__version__ = _version()
"""The version of the distribution `emulator-302`."""

__all__ = [
    "EMULATOR_KEY",
    "Call",
    "Conversation",
    "EmulatorMixin",
    "Fault",
    "Gateway",
    "Json",
    "LoggedRequest",
    "Outcome",
    "Pace",
    "Price",
    "Recording",
    "Say",
    "ScriptBuilder",
    "Think",
    "When",
    "__version__",
    "connect",
    "running",
    "stand_in",
    "without_dates",
    "without_ids",
]

_MODULES = {
    "EMULATOR_KEY": "http.refusals",
    "Call": "scripts.parts",
    "Conversation": "scripts.conversation",
    "EmulatorMixin": "testing.unittest_mixin",
    "Fault": "http.faults",
    "Gateway": "testing.gateway",
    "Json": "scripts.parts",
    "LoggedRequest": "http.log",
    "Outcome": "http.tasks",
    "Pace": "scripts.pace",
    "Price": "http.billing",
    "Recording": "recording.cassette",
    "Say": "scripts.parts",
    "ScriptBuilder": "testing.builder",
    "Think": "scripts.parts",
    "When": "scripts.conditions",
    "connect": "http.server",
    "running": "http.server",
    "stand_in": "testing.stand_in",
    "without_dates": "recording.cassette",
    "without_ids": "recording.cassette",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_MODULES[name]}")
    except ModuleNotFoundError as missing:  # the package was found without what it requires
        raise ModuleNotFoundError(
            f"emulator_302 needs {missing.name}, which is not installed: pip install emulator-302",
            name=missing.name,
        ) from None
    return getattr(module, name)


def __dir__() -> list[str]:
    return list(__all__)
