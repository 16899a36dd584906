"""The log of a scope is bounded, and keeps what can be shown."""

from emulator_302 import LoggedRequest
from emulator_302.http.log import LONGEST_KEPT, Log, response_shown


def test_the_oldest_requests_are_forgotten():
    log = Log(most=2)
    for number in range(3):
        log.add(LoggedRequest("GET", f"/{number}"))
    assert [one.path for one in log.requests()] == ["/1", "/2"]


def test_a_response_is_kept_if_it_is_json_of_a_reasonable_size():
    assert response_shown(b'{"a": 1}', "application/json") == {"a": 1}
    assert response_shown(b"{broken", "application/json") is None
    assert response_shown(b"text", "text/plain") is None
    assert response_shown(b'"' + b"x" * LONGEST_KEPT + b'"', "application/json") is None


def test_a_request_whose_answer_is_odd_has_no_message():
    for response in (None, [], {"choices": []}, {"choices": [{"message": 5}]}):
        assert LoggedRequest("POST", "/", response=response).message == {}
