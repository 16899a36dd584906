"""The web search tool."""

from __future__ import annotations

from core_302.tools.settings import SearchSettings
from core_302.tools.web_search import SEARCH
from langchain_302.client_fields import connected
from langchain_302.tools.capability_tool import CapabilityTool


@connected
class AI302SearchTool(CapabilityTool, SearchSettings):
    """Lets an agent search the web with one of nine providers.

    Use:
        ```python
        from langchain_302 import AI302SearchTool

        search = AI302SearchTool(provider="tavily", max_results=5, budget=1.0)
        search.invoke({"query": "What is new in AI?", "time_range": "week"})
        ```

    The model reads numbered results: title, address, date, excerpt. The `artifact` of its tool
    message has `results` with all that came of each, `answer`, `request_id` and `cost`. With
    `answer_model` a language model searches and writes an answer with its sources instead.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = SEARCH
