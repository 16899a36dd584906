"""Whatever a gateway does, AI302 tells its user the truth: the rows of `tests/fidelity`."""

import pytest

from core_302 import RetryPolicy
from tests.fidelity.asking import observe
from tests.fidelity.contender import OURS_FOR_LLAMA_INDEX
from tests.fidelity.rows import asked_of


def make_without_jitter(url, row):
    """Return the LLM of the comparison, but for its random pauses: tests wait for nothing."""
    llm = OURS_FOR_LLAMA_INDEX.make(url, row)
    retry = RetryPolicy(max_retries=llm.max_retries, jitter=lambda: 0.0)
    return llm.model_copy(update={"retry": retry})


@pytest.mark.parametrize(
    ("row", "way", "kind"),
    [pytest.param(r, w, k, id=f"{r.id}-{w}-{k}") for r, w, k in asked_of("llama_index")],
)
def test_the_user_sees_what_the_row_claims(row, way, kind):
    assert row.complaint(observe(make_without_jitter, row, way, kind, "llama_index")) is None
