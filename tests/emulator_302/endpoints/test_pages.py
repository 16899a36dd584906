"""Pages are found in the path as the gateway finds them."""

import pytest

PAGE = "https://harbour-times.example/news/larkhaven-terminal-reopens"


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (PAGE, PAGE),
        (f"{PAGE}%253Fid%253D7", f"{PAGE}?id=7"),
        (f"{PAGE}%3Fid%3D7", PAGE),  # encoded once: cut off at the gateway
        (f"{PAGE}?id=7", PAGE),
    ],
)
def test_a_query_arrives_only_if_it_was_encoded_twice(caller, path, source):
    reply = caller.http.get(f"/jina/reader/{path}")
    assert reply.status_code == 200
    assert f"URL Source: {source}\n" in reply.text
    assert "eleven days of repairs" in reply.text
    assert reply.headers["request-id"]


@pytest.mark.parametrize(("path", "status"), [("https://a.example/x", 422), ("ftp://a/x", 422)])
def test_what_is_no_page_is_refused(caller, path, status):
    reply = caller.http.get(f"/jina/reader/{path}")
    assert (reply.status_code, "error" in reply.json()) == (status, True)
