"""The policy of retries alone, without a clock: an error in, seconds or None out."""

import pytest

from core_302 import RateLimitError, RetryPolicy


@pytest.mark.parametrize(("asked", "waited"), [(59.0, 59.0), (60.0, 60.0), (60.5, None)])
def test_a_server_is_waited_for_no_longer_than_the_longest_wait(asked, waited):
    policy = RetryPolicy(longest_wait=60.0, jitter=lambda: 0.0)
    error = RateLimitError("slow down")
    error.retry_after = asked
    assert policy.wait_before_retry(error, 1, repeatable=True) == waited


def test_what_the_server_asks_for_is_waited_beside_the_back_off():
    policy = RetryPolicy(first_wait=0.5, longest_wait=60.0, jitter=lambda: 1.0)
    error = RateLimitError("slow down")
    error.retry_after = 2.0
    assert policy.wait_before_retry(error, 2, repeatable=True) == 2.0 + 0.5 * 2
