"""A local 302.AI for demos, tests and benchmarks. It is not 302.AI, and says so."""

from emulator_302.faults import Fault
from emulator_302.refusals import EMULATOR_KEY
from emulator_302.server import Gateway, running
from emulator_302.tasks import Outcome

__all__ = ["EMULATOR_KEY", "Fault", "Gateway", "Outcome", "running"]
