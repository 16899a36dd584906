"""A machine without a browser is told what to install."""

import pytest

from tests.browser.chromium import found


def test_without_a_browser_the_tests_say_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="Install it with `apt-get install chromium`"):
        found(str(tmp_path / "chrome"))


def test_playwrights_own_browser_is_taken_where_the_machine_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    own = tmp_path / "somewhere" / "chrome"
    own.parent.mkdir()
    own.touch(0o755)
    assert found(str(own)) == str(own)
