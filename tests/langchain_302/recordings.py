"""How calls are recorded and played back: nothing secret is written, and the source is named.

Every recording says in each answer's `x-recorded-from` whether it came from the emulator or from
302.AI itself. `make record` writes them anew.
"""

import os

from langchain_tests.conftest import base_vcr_config

REAL_KEY = os.environ.get("AI302_API_KEY")
REAL_URL = "https://api.302.ai"
PLAYED_URL = "http://127.0.0.1:8302"
FROM_EMULATOR = "the emulator of this repository, which is not 302.AI"
FROM_GATEWAY = "302.AI"
KEPT_HEADERS = ("content-type",)


def vcr_config():
    """Return the settings of vcrpy, for recording and for playing."""
    config = base_vcr_config()
    # The command line says whether to record; recordings lie beside the tests.
    del config["record_mode"], config["cassette_library_dir"]
    return {
        **config,
        # The emulator's port is another one each time.
        "match_on": ["method", "path", "query", "body"],
        "before_record_request": _request,
        "before_record_response": _response,
    }


def _request(request):
    request.headers = {k: v for k, v in request.headers.items() if k.lower() in KEPT_HEADERS}
    if request.host == "127.0.0.1":
        request.uri = PLAYED_URL + request.path
    return request


def _response(response):
    kept = {k: v for k, v in response["headers"].items() if k.lower() in KEPT_HEADERS}
    said = {k.lower(): v for k, v in response["headers"].items()}
    source = said.get("x-recorded-from") or [FROM_GATEWAY if REAL_KEY else FROM_EMULATOR]
    return {**response, "headers": {**kept, "x-recorded-from": source}}
