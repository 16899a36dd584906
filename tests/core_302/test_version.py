"""Who we are, as the gateway sees it: the name and the version of the distribution."""

from importlib.metadata import version

import core_302
from tests.scripted_server import completion, reply


def test_a_request_names_core_302_and_its_version(connect, server):
    server.answer(reply(200, completion()))
    connect(server.url).chat()
    (seen,) = server.seen
    assert seen.headers["user-agent"] == f"core-302/{version('core-302')}"


def test_the_package_has_the_version_of_its_distribution():
    assert core_302.__version__ == version("core-302")
