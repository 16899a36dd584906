"""An LLM of LlamaIndex whose blocking and asynchronous methods are asked by the same words."""

import pytest

from llama_index_302 import AI302
from tests.conftest import KEY
from tests.llama_index_contract.stage import Stage


@pytest.fixture(params=["sync", "async"])
def stage(request, server):
    """Return a stage for the kind at hand; its LLMs are closed."""
    made = []

    def make(url, **given):
        made.append(
            AI302(**{"model": "gpt-4o", "api_key": KEY, "max_retries": 0, **given}, api_base=url)
        )
        return made[-1]

    yield Stage(make, server, request.param)
    for llm in made:
        llm.close()
