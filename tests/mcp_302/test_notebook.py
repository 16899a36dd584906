"""The notebook that calls the tools over MCP says what it has kept; `make mcp` has its SDK."""

from tests.cookbook.notebooks import OVER_MCP, stale


def test_the_notebook_of_mcp_runs_without_a_key_and_says_what_it_has_kept():
    assert stale(OVER_MCP) == {}, (
        "kept, and said now; .venv/mcp/bin/python -m tests.cookbook.notebooks 19"
    )
