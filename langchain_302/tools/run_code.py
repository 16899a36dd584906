"""The code tool: a program runs in a sandbox of 302.AI."""

from __future__ import annotations

from core_302.tools.run_code import RUN_CODE
from core_302.tools.settings import CodeSettings
from langchain_302.client_fields import connected
from langchain_302.tools.capability_tool import CapabilityTool


@connected
class AI302CodeTool(CapabilityTool, CodeSettings):
    """Lets an agent run a program in a sandbox of 302.AI, never on this machine.

    Use:
        ```python
        from langchain_302 import AI302CodeTool

        run = AI302CodeTool(output_dir="results", time_limit=30, budget=0.5)
        run.invoke({"code": "print(sum(range(101)))"})
        ```

    A program that fails is a result, with its errors. The `artifact` of its tool message has
    `stdout`, `stderr`, `problem` and `files`; a file is kept in `output_dir`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = RUN_CODE
