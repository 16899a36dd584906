"""Whatever a gateway does, AI302 tells its user the truth: the rows of `tests/fidelity`."""

import pytest

from core_302 import RetryPolicy
from tests.fidelity.asking import observe
from tests.fidelity.contender import OURS_FOR_LLAMA_INDEX
from tests.fidelity.rows import ROWS_FOR


def make_without_jitter(url, row):
    """Return the LLM of the comparison, but for its random pauses: tests wait for nothing."""
    llm = OURS_FOR_LLAMA_INDEX.make(url, row)
    retry = RetryPolicy(max_retries=llm.max_retries, jitter=lambda: 0.0)
    return llm.model_copy(update={"retry": retry})


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    ("row", "way"),
    [pytest.param(r, w, id=f"{r.id}-{w}") for r in ROWS_FOR["llama_index"] for w in r.ways],
)
def test_the_user_sees_what_the_row_claims(row, way, kind):
    assert row.complaint(observe(make_without_jitter, row, way, kind, "llama_index")) is None
