"""A page is asked for by a path that leads nowhere else, and read in both of the reader's forms."""

import json

import pytest

from core_302 import ApiError, InvalidInputError, MalformedReplyError
from core_302.endpoints.pages import page_request, read_page
from core_302.http import Reply

URL = "https://a.example/x"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (URL, "https://a.example/x"),
        ("https://a.example", "https://a.example/"),
        ("HTTPS://a.example/x#part", "https://a.example/x"),
        ("https://a.example/x?q=1&b=a%20b", "https://a.example/x%253Fq%253D1%2526b%253Da%252520b"),
        ("https://a.example/é/a b".replace(" ", "%20"), "https://a.example/%C3%A9/a%20b"),
        ('https://a.example/"<x>', "https://a.example/%22%3Cx%3E"),
    ],
)
def test_a_query_is_encoded_twice_and_nothing_else_leaves_the_path(url, path):
    request = page_request(url)
    assert (request.method, request.path) == ("GET", f"/jina/reader/{path}")
    assert request.query == {}


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/../../dashboard/balance",
        "https://a.example/%2e%2e/%2E./x",
        "https://a.example/%252e%252e/x",
        "https://a.example/./x",
        "https://me@a.example/x",
        "file:///etc/passwd",
        "https://a.example/x y",
        "a.example/x",
    ],
)
def test_what_would_lead_elsewhere_is_refused(url):
    with pytest.raises(InvalidInputError):
        page_request(url)


def page(body, media_type="text/plain"):
    body = body if isinstance(body, str) else json.dumps(body)
    return read_page(
        Reply(200, {"content-type": media_type, "request-id": "r-1"}, body.encode()), URL
    )


def test_the_lines_above_a_page_are_its_facts():
    found = page(
        "Title: A page\n\nURL Source: https://b.example/\n\nPublished Time: 2026-01-02\n\n"
        "Warning: cached\n\nMarkdown Content:\n# A page\n\nTitle: not this one\n"
    )
    assert (found.title, found.url) == ("A page", "https://b.example/")
    assert (found.published_at, found.warning) == ("2026-01-02", "cached")
    assert (found.text, found.request_id) == ("# A page\n\nTitle: not this one", "r-1")


@pytest.mark.parametrize(
    "text", ["# A page\n\nText.", "Title: of a poem\n\nRoses are red.", "one line"]
)
def test_a_page_without_these_lines_is_all_of_it(text):
    found = page(text)
    assert (found.text, found.title, found.url) == (text, "", URL)


def test_a_page_that_could_not_be_loaded_says_so():
    found = page(
        "Title: \n\nURL Source: https://b.example/\n\nWarning: Target URL returned error 404"
    )
    assert (found.text, found.warning) == ("", "Target URL returned error 404")


@pytest.mark.parametrize("name", ["content", "text"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_json_is_read_too(name, wrapped):
    fields = {"url": "https://b.example/", "title": "A page", name: "Text."}
    found = page({"code": 200, "data": fields} if wrapped else fields, "application/json")
    assert (found.url, found.title, found.text) == ("https://b.example/", "A page", "Text.")


def test_no_page_is_an_error():
    with pytest.raises(MalformedReplyError):
        page("  \n")
    with pytest.raises(ApiError):
        page({"error": {"message": "no"}}, "application/json")
