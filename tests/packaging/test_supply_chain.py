"""What others put into an installation: licences that leave the user free, and a lock that fits."""

import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from release.licences import PAGE, rows, verdict
from release.projects import PROJECTS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements-dev.lock").read_text("utf-8")
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[^]]+\])?==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
# What the five distributions ask of others.
LINES = [line for p in PROJECTS for line in p.lines if "-302" not in line]


def asked():
    """Return what is asked for in every distribution, extra and group that is locked."""
    names = {"dev"} | {entry["include-group"] for entry in GROUPS["dev"] if isinstance(entry, dict)}
    lines = [line for name in names for line in GROUPS[name] if isinstance(line, str)]
    return [Requirement(line) for line in (*LINES, *lines)]


def test_every_version_of_the_lock_is_one_that_the_project_allows():
    pinned = {}
    for name, version, _ in PINNED.findall(LOCK):
        pinned.setdefault(name, []).append(Version(version))
    wrong = [
        f"{needed} is locked to {version}"
        for needed in asked()
        for version in pinned.get(canonicalize_name(needed.name), ["nothing"])
        if version == "nothing" or version not in needed.specifier
    ]
    assert len(pinned) > 100
    assert wrong == [], "run `make lock`"


def test_the_lock_names_no_host_and_a_digest_for_each_version():
    assert not re.search(r"://|^\s*-", LOCK.replace("    --hash=", ""), re.MULTILINE)
    followed = re.findall(r"^[a-z].*==.*\\\n    --hash=sha256:[0-9a-f]{64}", LOCK, re.MULTILINE)
    assert len(followed) == len(re.findall(r"^[a-z]", LOCK, re.MULTILINE))


def test_no_package_that_a_user_installs_binds_the_user_s_program():
    found = rows()
    assert len(found) > 50
    assert [row for row in found if row[2] not in ("", "binds its own files")] == []


def test_the_page_of_licences_has_ours_and_every_package_that_they_ask_for():
    page = PAGE.read_text("utf-8")
    named = set(re.findall(r"^\| ([a-z0-9-]+) \|", page, re.MULTILINE))
    assert {canonicalize_name(Requirement(line).name) for line in LINES} - named == set()
    assert {project.name for project in PROJECTS} <= named


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ("MIT", ""),
        ("BSD-3-Clause AND Apache-2.0", ""),
        ("Mozilla Public License 2.0 (MPL 2.0)", "binds its own files"),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", "binds its own files"),
        ("MIT OR GPL-3.0-only", ""),
        ("LGPL-2.1-or-later", "binds the program"),
        ("GNU Affero General Public License v3", "binds the program"),
        ("MIT AND (GPL-2.0-only OR LGPL-3.0-only)", "binds the program"),
        ("", "not known"),
    ],
)
def test_a_licence_is_judged_by_what_it_binds(licence, said):
    assert verdict(licence) == said
