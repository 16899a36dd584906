"""The MCP server before agents of three frameworks, each in an environment of its own."""
