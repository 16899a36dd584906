"""AI302 keeps every claim that this project makes on LLMs of LlamaIndex."""

import pytest

from tests.llama_index_contract.claims import CLAIMS
from tests.llama_index_contract.makers import AI302
from tests.llama_index_contract.stage import KEY, Stage


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("check", CLAIMS, ids=lambda check: check.__name__)
def test_the_claim_is_kept(server, monkeypatch, check, kind):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = []

    def make(url, **settings):
        made.append(AI302(url, **settings))
        return made[-1]

    check(Stage(make, server, kind))
    for llm in made:
        llm.close()
