"""One emulator and one import of the frameworks for many programs.

The emulator's OCR takes a second a page, and reads each page once; the frameworks take four.
"""

import pytest

import emulator_302
from tests import forked_python

IMPORTED = (
    "emulator_302",
    "ipykernel.kernelapp",
    "langchain.agents",
    "langchain_302",
    "llama_index.core.agent.workflow",
    "llama_index_302",
)


@pytest.fixture(scope="session")
def python():
    """Return the beginning of a command that runs a program which finds the frameworks imported."""
    with forked_python.python(*IMPORTED) as command:
        yield command


@pytest.fixture(scope="session")
def gateway():
    with emulator_302.running() as one:
        yield one


@pytest.fixture(scope="session")
def emulator(gateway):
    """Return the variables of the environment that let a program ask it."""
    return variables(gateway)


def variables(gateway):
    return {
        "AI302_API_KEY": gateway.api_key,
        "AI302_BASE_URL": gateway.base_url,
        "AI302_TRUSTED_HOSTS": gateway.file_host,
    }
