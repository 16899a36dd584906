"""A session is recorded against a second emulator, and replayed when that is gone."""

import base64
import json
import re
from contextlib import ExitStack

import httpx
import pytest

import emulator_302
from emulator_302 import Fault, Recording, Say, without_dates, without_ids
from emulator_302.recording.cassette import read_cassette
from tests.emulator_302.caller import CHAT, HELLO, Caller, http_of

HEADS = {"content-type": "application/json"}
SECRET = "emulator-key-upstream"
SKY = {"prompt": "sky city", "model": "302ai-flux-schnell-t2i"}
TASK = {"prompt": "sky city", "model": "302ai-flux-schnell-t2i"}


@pytest.fixture(scope="module")
def _upstream():
    with emulator_302.running() as server:
        yield server


@pytest.fixture
def upstream(_upstream):
    with _upstream.scope("upstream") as scope:
        yield scope


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cassettes" / "session.json"


@pytest.fixture
def recording(upstream, file):
    """Return a function that runs an emulator which records the other one."""
    return lambda mode="once", **more: emulator_302.running(
        cassette=Recording(file, mode, upstream.base_url, upstream.api_key, **more)
    )


@pytest.fixture
def replaying(file):
    return lambda **more: emulator_302.running(cassette=Recording(file, "none", **more))


@pytest.fixture
def calls():
    """Return a function that returns who calls an emulator."""
    with ExitStack() as stack:
        yield lambda gateway: Caller(gateway, stack.enter_context(http_of(gateway)))


def session(gateway):
    """Make one call of each kind, and return what came, without the port in links."""
    said = []
    with http_of(gateway) as http:

        def note(reply):
            text = reply.content.decode("latin-1").replace(gateway.file_host, "FILES")
            kept = {name: reply.headers.get(name) for name in ("content-type", "request-id")}
            said.append((reply.status_code, kept, text))
            return reply

        ask = {"model": "gpt-4o", "messages": HELLO}
        cost = note(http.post(CHAT, json={**ask, "web-search": True})).headers["request-id"]
        note(http.post(CHAT, json={**ask, "stream": True}))
        note(http.get(f"/dashboard/record/{cost}"))
        note(http.post(CHAT, json={**ask, "wrong": 1}))
        note(http.get("/v1/models", headers={"authorization": "Bearer a-wrong-key"}))
        task = note(http.post("/302/v2/image/generate", json=TASK)).json()["task_id"]
        for _ in range(4):
            state = note(http.get(f"/302/v2/image/fetch/{task}")).json()
        picture = note(httpx.get(state["image_url"], trust_env=False))
        note(http.post("/302/upload-file", files={"file": ("a.txt", b"words", "text/plain")}))
        link = json.loads(said[-1][2])["data"].replace("FILES", gateway.file_host)
        note(http.get("/302/file/parsing", params={"url": link}))
    assert picture.content.startswith(b"\x89PNG")
    return said


def test_a_session_is_replayed_when_its_gateway_is_gone(file, tmp_path):
    with emulator_302.running() as second:
        key = second.scope("mine").api_key
        setup = Recording(file, "once", second.base_url, key)
        with emulator_302.running(cassette=setup) as gateway:
            recorded = session(gateway)
            assert len(second.scope("mine").requests) == len(recorded)
    with emulator_302.running(cassette=file) as gateway:
        assert session(gateway) == recorded
        assert {one.answered_by for one in gateway.requests} == {"the recording session.json"}
        assert gateway.leftovers() == []
    assert [status for status, _, _ in recorded[:6]] == [200, 200, 200, 400, 401, 200]
    assert key not in file.read_text()


def test_only_the_gateway_gets_the_key_and_no_cassette_has_it(upstream, recording, file, calls):
    with recording() as gateway:
        caller = calls(gateway)
        forms = [SECRET, base64.b64encode(b"ab" + SECRET.encode()).decode(), SECRET[::-1]]
        upstream.when().say(f"You have {forms}.")
        said = caller.ask(" ".join(forms))["content"]
        caller.stream(" ".join(forms))
        answer = caller.http.post("/302/image/generate", json=SKY).json()
        httpx.get(answer["image_url"], trust_env=False).raise_for_status()
    text = file.read_text()
    assert SECRET not in text
    assert forms[1][4:-4] not in text
    assert SECRET[::-1] in text
    assert SECRET not in said
    headers = [one.headers for one in upstream.requests]
    *api, download = [one.get("authorization") for one in headers]
    assert set(api) == {f"Bearer {SECRET}"}
    assert download is None
    sent = set().union(*headers)
    assert not sent & {"x-emulator-test", "user-agent", "cookie"}


def test_a_program_with_a_key_of_its_own_has_it_sent_and_not_kept(upstream, file):
    own = {"authorization": "Bearer a-key-of-my-own"}
    with emulator_302.running(cassette=Recording(file, "all", upstream.base_url)) as gateway:
        httpx.get(f"{gateway.base_url}/v1/models", headers=own, trust_env=False)
        httpx.get(f"{gateway.base_url}/v1/models", trust_env=False)
    keys = [one.headers.get("authorization") for one in upstream.requests[-2:]]
    assert keys == [own["authorization"], None]
    rows = json.loads(file.read_text())["interactions"]
    assert [row["request"]["key"] for row in rows] == ["another", "none"]
    assert "a-key-of-my-own" not in file.read_text()


def test_equal_requests_get_their_answers_in_order(upstream, recording, replaying, calls):
    upstream.play(Say("one"), Say("two"))
    with recording() as gateway:
        caller = calls(gateway)
        assert [caller.ask()["content"] for _ in range(2)] == ["one", "two"]
    with replaying() as gateway:
        caller = calls(gateway)
        assert [caller.ask()["content"] for _ in range(2)] == ["one", "two"]
        assert caller.post().status_code == 400  # it would have been paid for
        (left,) = gateway.leftovers()
        assert left.endswith("It is equal to interaction 1, whose answers were all given.")
        gateway.reset()
        assert caller.ask()["content"] == "one"


def test_a_miss_is_refused_with_the_difference_to_the_nearest(
    recording, replaying, upstream, calls
):
    with recording() as gateway:
        caller = calls(gateway)
        caller.ask(temperature=0.5, seed=1)
        caller.http.get("/v1/models")
    with replaying() as gateway:
        caller = calls(gateway)
        message = caller.post("Bye", temperature=0.7, **{"web-search": True}).json()["error"]
        assert message["message"] == (
            "No recorded answer in session.json: POST /v1/chat/completions. "
            "The nearest is interaction 1. "
            'json.messages[0].content: recorded "Hello", asked "Bye"; '
            "json.temperature: recorded 0.5, asked 0.7; json.seed: recorded 1, not asked; "
            "json.web-search: not recorded, asked true"
        )
        assert gateway.leftovers() == [message["message"]]


def test_a_cassette_that_is_not_there_says_so(replaying, calls):
    with replaying() as gateway:
        said = calls(gateway).post().json()["error"]["message"]
        assert said.endswith("Nothing is recorded.")


def texts(calls, gateway, *questions):
    caller = calls(gateway)
    return [caller.ask(f"Say exactly: {one}")["content"] for one in questions]


@pytest.mark.parametrize(
    ("mode", "asked", "kept"), [("new", ["b"], 3), ("all", ["a", "b"], 2), ("once", None, 2)]
)
def test_a_mode_says_when_the_gateway_is_asked(upstream, recording, file, mode, asked, kept, calls):
    with recording() as gateway:
        texts(calls, gateway, "a", "c")
    before = len(upstream.requests)
    with recording(mode) as gateway:
        if asked is None:
            assert texts(calls, gateway, "a") == ["a"]
            assert calls(gateway).post().status_code == 400
        else:
            assert texts(calls, gateway, "a", "b") == ["a", "b"]
    came = [one.text.removeprefix("Say exactly: ") for one in upstream.requests[before:]]
    assert came == (asked or [])
    assert len(json.loads(file.read_text())["interactions"]) == kept


def test_each_scope_has_a_file_of_its_own(upstream, tmp_path, calls):
    setup = Recording(tmp_path, "once", upstream.base_url, upstream.api_key)
    with emulator_302.running(cassette=setup) as gateway, gateway.scope("a") as a:
        texts(calls, gateway, "plain")
        texts(calls, a, "mine")
        link = calls(a).http.post("/302/image/generate", json=SKY).json()["image_url"]
        assert "/_emulator/files/@a/http/localhost:" in link
        httpx.get(link, trust_env=False).raise_for_status()
    kept = {one.name: len(read_cassette(one)) for one in tmp_path.iterdir()}
    assert kept == {"recording.json": 1, "a.json": 3}


def test_a_test_may_name_its_cassette_within_the_folder(upstream, tmp_path, calls):
    setup = Recording(tmp_path, "once", upstream.base_url, upstream.api_key)
    with emulator_302.running(cassette=setup) as gateway:
        over_http = emulator_302.connect(gateway.base_url)
        over_http.use_cassette("deep/one.json")
        texts(calls, gateway, "one")
        assert over_http.recording == tmp_path / "deep" / "one.json"
        for file in ("../outside.json", "/etc/passwd", "a.txt"):
            with pytest.raises(ValueError, match="a cassette is a "):
                over_http.use_cassette(file)
        with pytest.raises(ValueError, match="the mode of a recording"):
            over_http.use_cassette("a.json", "often")
    assert (tmp_path / "deep" / "one.json").exists()


def test_without_a_folder_nobody_can_let_it_write_files(gateway):
    with pytest.raises(ValueError, match="without a folder for cassettes"):
        emulator_302.connect(gateway.base_url).use_cassette("a.json")
    assert gateway.recording is None


def test_what_differs_in_every_run_may_be_left_out(upstream, recording, replaying, calls):
    with recording() as gateway:
        caller = calls(gateway)
        caller.post("On 2026-01-31", user="run-1", metadata={"run": "1", "name": "a"})
        caller.http.get("/v1/models", params={"t": "1"})
        caller.post("Item 0123456789abcdef0123456789abcdef")
    setup = {
        "ignore": ("user", "metadata.run", "query.t", "nowhere.at.all"),
        "normal": (without_dates, without_ids),
    }
    with replaying(**setup) as gateway:
        caller = calls(gateway)
        more = {"user": "run-2", "metadata": {"run": "2", "name": "a"}}
        assert caller.post("On 2027-02-01", **more).status_code == 200
        assert caller.http.get("/v1/models", params={"t": "2"}).status_code == 200
        assert caller.post("Item 00000000-89ab-cdef-0123-456789abcdef").status_code == 200


def test_what_is_saved_may_be_changed_and_left_out(recording, file, calls):
    def without_names(one):
        if one["request"]["path"] == "/v1/models":
            return None
        one["response"]["json"]["id"] = "chatcmpl-1"
        return one

    with recording(before_saving=without_names) as gateway:
        caller = calls(gateway)
        caller.http.get("/v1/models").raise_for_status()
        assert caller.post().json()["id"] != "chatcmpl-2"
    (row,) = json.loads(file.read_text())["interactions"]
    assert row["response"]["json"]["id"] == "chatcmpl-1"


def test_a_stream_is_kept_event_by_event_with_times(upstream, recording, replaying, file, calls):
    pace = emulator_302.Pace(first_token=0.02, tokens_per_second=100)
    upstream.when().say("a b", pace=pace)
    with recording() as gateway:
        live = calls(gateway).stream()
    (row,) = json.loads(file.read_text())["interactions"]
    at = [frame["at"] for frame in row["response"]["frames"]]
    assert at == sorted(at)
    assert at[0] >= 0.02
    assert at[-1] >= at[0] + 0.02
    for speed in (None, 1.0):
        with replaying(speed=speed) as gateway:
            caller = calls(gateway)
            assert caller.stream() == live
            gateway.settle()
            assert (gateway.last.seconds >= at[-1]) is (speed is not None)


def test_a_body_that_broke_off_breaks_off_again(upstream, recording, replaying, calls):
    upstream.inject(Fault(cut_after=60), Fault(cut_after=200))
    for start in (recording, replaying):
        with start() as gateway:
            caller = calls(gateway)
            for stream in (False, True):
                with pytest.raises(httpx.RemoteProtocolError):
                    caller.post(stream=stream)


def test_a_gateway_that_is_not_there_is_told_and_not_kept(file, calls):
    setup = Recording(file, "all", "http://127.0.0.1:9")
    with emulator_302.running(cassette=setup) as gateway:
        reply = calls(gateway).post()
        assert reply.status_code == 502
        assert "The gateway cannot be asked: Connection" in reply.json()["error"]["message"]
        assert len(gateway.leftovers()) == 1
    assert not file.exists()


def test_files_of_others_are_never_fetched_and_no_key_is_taken_for_any(recording, calls):
    with recording() as gateway:
        http = calls(gateway).http
        for path in ("https/example.com/a.png", "file/etc/passwd", "http/127.0.0.1:1/a"):
            reply = httpx.get(f"{gateway.base_url}/_emulator/files/@/{path}", trust_env=False)
            assert reply.status_code == 404
        assert http.get("/_emulator/files/@/https/file.302.ai/a").status_code == 400


def test_faults_and_scripts_come_first(recording, upstream, calls):
    with recording() as gateway:
        gateway.inject(Fault(status=503))
        gateway.when("script").say("scripted")
        caller = calls(gateway)
        assert caller.post().status_code == 503
        assert caller.ask("a script")["content"] == "scripted"
        assert upstream.requests == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"mode": "often"}, "one of none, once, new, all"),
        ({"mode": "new"}, "needs the gateway's address"),
        ({"upstream": "http://api.302.ai"}, "https://"),
        ({"upstream": "api.302.ai"}, "https://"),
    ],
)
def test_what_could_not_work_is_refused(file, given, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        Recording(file, **given)


def test_a_mode_without_a_cassette_is_refused():
    with pytest.raises(ValueError, match="that of a cassette"), emulator_302.running(mode="all"):
        pass


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 2, "interactions": []}'])
def test_a_file_that_is_no_cassette_is_refused(file, content):
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(ValueError, match="cassette"), emulator_302.running(cassette=file):
        pass


def test_a_key_does_not_show_in_the_setup(file):
    assert SECRET not in repr(Recording(file, key=SECRET))
