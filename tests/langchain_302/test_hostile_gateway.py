"""Whatever a gateway does, ChatAI302 tells its user the truth: the rows of `tests/fidelity`.

The rows and their judges know no class; `make fidelity` puts the same ones to its rivals.
"""

import pytest

from core_302 import RetryPolicy
from tests.fidelity.asking import observe
from tests.fidelity.contender import OURS
from tests.fidelity.rows import asked_of


def make_without_jitter(url, row):
    """Return the model of the comparison, but for its random pauses: tests wait for nothing."""
    model = OURS.make(url, row)
    retry = RetryPolicy(max_retries=model.max_retries, jitter=lambda: 0.0)
    return model.model_copy(update={"retry": retry})


@pytest.mark.parametrize(
    ("row", "way", "kind"),
    [pytest.param(r, w, k, id=f"{r.id}-{w}-{k}") for r, w, k in asked_of("langchain")],
)
def test_the_user_sees_what_the_row_claims(row, way, kind):
    assert row.complaint(observe(make_without_jitter, row, way, kind)) is None
