"""A local 302.AI for demos, tests and benchmarks. It is not 302.AI, and says so."""

from emulator_302.http.faults import Fault
from emulator_302.http.refusals import EMULATOR_KEY
from emulator_302.http.server import Gateway, running
from emulator_302.http.tasks import Outcome

__all__ = ["EMULATOR_KEY", "Fault", "Gateway", "Outcome", "running"]
