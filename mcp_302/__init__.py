"""302.AI's capabilities for agents of any framework, over the Model Context Protocol (MCP).

`python -m mcp_302 --tools web_search,read_page --max-cost 1` serves one client on standard input
and output. This package has no capability of its own: it offers those that `core_302` declares.
"""

try:
    from core_302.version import version_of
except ModuleNotFoundError as missing:  # the package was found without what it requires
    raise ModuleNotFoundError(
        f"mcp_302 needs {missing.name}, which is not installed: pip install mcp-302",
        name=missing.name,
    ) from None

__version__ = version_of("mcp-302")
"""The version of the distribution `mcp-302`."""

__all__ = ["__version__"]
