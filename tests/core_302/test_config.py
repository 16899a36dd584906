"""Settings: what is refused before anything is sent, and that no text repeats the key."""

import copy
import pickle
from dataclasses import fields, replace

import httpx
import pytest

from core_302 import AI302Error, ConfigurationError, Settings
from core_302.timeouts import Timeouts

SECRET = "canary-7f3a9"


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        (f"Bearer {SECRET}", "without|alone|'Bearer '"),
        (f"bearer {SECRET}", "alone"),
        (f"{SECRET}\n", "line break"),
        (f" {SECRET}", "space"),
        (f"{SECRET} x", "space"),
        (f"{SECRET}é", "characters"),
        (f"{SECRET}\x00", "characters"),
        (42, "string"),
    ],
)
def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it(key, says):
    with pytest.raises(ConfigurationError, match=says) as caught:
        Settings(api_key=key)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("returned", "says"),
    [(42, "a int, not a string"), (None, "NoneType"), ("", "empty"), (f"{SECRET} x", "space")],
)
def test_a_function_must_return_a_key_that_can_be_sent(returned, says):
    settings = Settings(api_key=lambda: returned)
    with pytest.raises(ConfigurationError, match=says) as caught:
        settings.with_key()
    assert SECRET not in str(caught.value)


def test_every_key_that_a_function_has_returned_is_a_secret_and_none_is_kept_in_a_pickle():
    keys = iter(["test-key-one", "test-key-two", "test-key-two"])
    settings = Settings(api_key=lambda: next(keys), default_headers={"x": "long-enough"})
    assert settings.secrets() == ("long-enough",)
    for key in ("test-key-one", "test-key-two", "test-key-two"):
        assert replace(settings, max_retries=0).with_key().api_key == key
    assert settings.secrets() == ("test-key-one", "test-key-two", "long-enough")
    assert "test-key" not in repr(settings) + repr(vars(settings))
    assert pickle.loads(pickle.dumps(settings)).api_key is None


def test_the_key_of_the_environment_is_not_looked_for_beside_a_function():
    settings = Settings.from_env({}, api_key=lambda: SECRET, base_url="https://proxy.example")
    assert settings.with_key().api_key == SECRET


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.302.ai", "https://api.302.ai"),
        ("https://api.302.ai/", "https://api.302.ai"),
        ("https://api.302.ai/v1", "https://api.302.ai"),
        ("https://api.302.ai//v1//", "https://api.302.ai"),
        ("HTTPS://API.302.AI/v1", "https://api.302.ai"),
        ("https://proxy.example/302/v1", "https://proxy.example/302"),
        ("http://127.0.0.1:8302", "http://127.0.0.1:8302"),
        ("http://localhost:8302/v1/", "http://localhost:8302"),
        ("http://[::1]:8302", "http://[::1]:8302"),
    ],
)
def test_a_base_url_works_with_and_without_v1_and_slashes(given, kept):
    assert Settings(api_key="test-key", base_url=given).base_url == kept


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("api.302.ai", "https://"),
        ("", "empty"),
        ("ftp://api.302.ai", "https://"),
        ("file:///etc/passwd", "https://"),
        ("https://", "host"),
        ("https://api.302.ai/v1/v1", "drop what follows /v1, as in 'https://api.302.ai/v1'"),
        ("https://api.302.ai/v1/chat", "drop what follows /v1, as in 'https://api.302.ai/v1'"),
        ("https://a.example/chat/completions", "as in 'https://a.example/v1'"),
        ("http://127.0.0.1:8302/v1/embeddings/", "as in 'http://127.0.0.1:8302/v1'"),
        (f"https://user:{SECRET}@api.302.ai", "password"),
        (f"https://{SECRET}@api.302.ai", "password"),
        ("https://api.302.ai?x=1", "default_query"),
        ("http://api.302.ai", "unencrypted"),
        ("https://api.302.ai:99999", "not a valid URL"),
        ("https://api..302.ai", "not a valid URL"),
        ("https://" + "a" * 64 + ".example", "not a valid URL"),
        (None, "empty"),
    ],
)
def test_a_base_url_that_would_not_work_is_refused(url, says):
    with pytest.raises(ConfigurationError, match=says) as caught:
        Settings(api_key="test-key", base_url=url)
    assert SECRET not in str(caught.value)


def test_http_to_another_machine_needs_a_word_of_the_user():
    assert Settings(api_key="test-key", base_url="http://box:1", allow_insecure=True).base_url


def test_arguments_win_over_the_environment():
    environ = {"AI302_API_KEY": "from-env", "AI302_BASE_URL": "https://env.example/v1/"}
    settings = Settings.from_env(environ)
    assert (settings.api_key, settings.base_url) == ("from-env", "https://env.example")
    settings = Settings.from_env(environ, api_key="given-key", base_url="https://given.example")
    assert (settings.api_key, settings.base_url) == ("given-key", "https://given.example")


@pytest.mark.parametrize("environ", [{}, {"AI302_API_KEY": ""}])
def test_a_missing_key_names_the_variable_and_the_argument(environ):
    with pytest.raises(ConfigurationError, match=r"AI302_API_KEY.*api_key="):
        Settings.from_env(environ)


def test_files_of_the_working_directory_are_not_read(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("AI302_API_KEY=x\nAI302_BASE_URL=https://evil.example\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AI302_API_KEY", raising=False)
    with pytest.raises(ConfigurationError):
        Settings.from_env()


def test_the_key_is_in_no_repr_and_no_pickle_but_in_a_deep_copy():
    settings = Settings(api_key=SECRET, default_headers={"x-team": SECRET})
    assert SECRET not in repr(settings)
    assert SECRET.encode() not in pickle.dumps(settings)
    assert copy.deepcopy(settings).api_key == SECRET


def test_a_pickle_reads_the_environment_again_when_it_is_used(monkeypatch):
    restored = pickle.loads(pickle.dumps(Settings(api_key=SECRET)))
    monkeypatch.setenv("AI302_API_KEY", "from-env")
    assert restored.with_key().api_key == "from-env"
    monkeypatch.delenv("AI302_API_KEY")
    with pytest.raises(ConfigurationError, match="AI302_API_KEY"):
        restored.with_key()


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "30", True])
def test_a_time_limit_must_be_a_positive_number_of_seconds(seconds):
    with pytest.raises(ConfigurationError, match="second"):
        Settings(api_key="test-key", timeout=seconds)


def test_one_number_limits_the_call_and_the_silence():
    limits = Settings(api_key="test-key", timeout=5).timeout
    assert (limits.total, limits.job, limits.connect) == (5, 5, 5)
    assert (limits.first_byte, limits.silence) == (5, 5)


def test_the_phases_of_an_httpx_timeout_are_kept():
    limits = Timeouts.of(httpx.Timeout(connect=1, read=2, write=3, pool=None))
    assert (limits.connect, limits.silence, limits.write) == (1, 2, 3)
    assert limits.first_byte == 2
    assert (limits.pool, limits.total) == (Timeouts().pool, Timeouts().total)


@pytest.mark.parametrize("retries", [-1, 1.5, True, "2"])
def test_retries_must_be_a_whole_number(retries):
    with pytest.raises(ConfigurationError, match="max_retries"):
        Settings(api_key="test-key", max_retries=retries)


@pytest.mark.parametrize(
    ("header", "says"),
    [({"Authorization": SECRET}, "api_key"), ({"x": f"{SECRET}\r\ny: z"}, "printable")],
)
def test_headers_that_would_break_a_request_are_refused(header, says):
    with pytest.raises(ConfigurationError, match=says) as caught:
        Settings(api_key="test-key", default_headers=header)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("limits", [Timeouts(total=3), object(), [1], "30"])
def test_a_timeout_is_seconds_or_limits_and_nothing_else(limits):
    if isinstance(limits, Timeouts):
        assert Settings(api_key="test-key", timeout=limits).timeout is limits
        return
    with pytest.raises(ConfigurationError, match=r"seconds or an httpx\.Timeout"):
        Settings(api_key="test-key", timeout=limits)


@pytest.mark.parametrize("name", [entry.name for entry in fields(Timeouts)])
def test_every_limit_can_be_set_alone(name):
    limits = Settings(api_key="test-key", timeout={name: 1.5}).timeout
    assert limits == replace(Timeouts(), **{name: 1.5})
    assert getattr(Timeouts(), name) > 1.5


def test_a_stream_may_think_longer_than_it_may_be_silent_and_no_longer_than_a_whole_call():
    limits = Timeouts()
    assert limits.connect < limits.silence < limits.first_byte <= limits.total


def test_a_limit_of_one_phase_must_be_a_number():
    with pytest.raises(ConfigurationError, match="silence must be a number"):
        Timeouts(silence="long")


def test_settings_without_a_key_are_allowed_until_they_are_used():
    assert Settings().api_key is None


def test_without_a_key_your_headers_and_query_are_secret_all_the_same(monkeypatch):
    monkeypatch.delenv("AI302_API_KEY", raising=False)
    settings = Settings(default_headers={"x-team": "a-word-of-ours"}, default_query={"v": "ours-2"})
    assert settings.secrets() == ("a-word-of-ours", "ours-2")
    assert Settings(api_key="test-key").secrets() == ("test-key",)


def test_headers_and_query_are_shown_nowhere_and_go_into_no_pickle():
    given = {"default_headers": {"x-team": SECRET}, "default_query": {"team": SECRET}}
    settings = Settings(api_key="test-key", **given)
    assert SECRET not in repr(settings) + repr(vars(settings)) + str(settings)
    assert settings.default_query["team"] == SECRET
    again = pickle.loads(pickle.dumps(settings))
    assert (again.default_headers, again.default_query) == ({}, {})
    with pytest.raises(ConfigurationError, match="The header 'x-team' must be printable"):
        Settings(api_key="test-key", default_headers={"x-team": "\n"})


@pytest.mark.parametrize("key", ["key", "1234567", lambda: "short"])
def test_a_short_key_is_no_key_of_302_and_goes_to_this_machine_only(key, monkeypatch):
    with pytest.raises(ConfigurationError, match="The key has fewer than 8 characters") as caught:
        Settings(api_key=key).with_key()
    assert "short" not in str(caught.value)
    for here in ("http://127.0.0.1:8302", "http://localhost:1", "http://[::1]:1"):
        assert len(Settings(api_key=key, base_url=here).with_key().api_key) < 8
    monkeypatch.setenv("AI302_API_KEY", "short")
    with pytest.raises(ConfigurationError, match="fewer than 8"):
        Settings().with_key()


def test_what_is_too_short_for_a_secret_is_not_looked_for_in_texts():
    """`key` would be replaced in `monkey` and `turkey`."""
    error = AI302Error("monkey/turkey.png: secret-1 and secret-1-long")
    assert str(error.redact("key", "secret-1", "secret-1-long")) == "monkey/turkey.png: *** and ***"
