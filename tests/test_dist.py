"""What is published: the files of the wheel and of the sdist, and the version of a tag."""

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from release.tag import faults_of

ROOT = Path(__file__).parent.parent
PACKAGES = ("core_302", "langchain_302", "llama_index_302", "emulator_302")
LEFTOVER = re.compile(
    r"__pycache__|\.py[co]$|\.ipynb_checkpoints|\.venv|\.coverage|\.DS_Store|/dist/"
)


def build(source, folder, *what):
    """Build in this environment, which has hatchling: a clean one would have to fetch it."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder), *what]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "--target", "wheel")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return build(ROOT, tmp_path_factory.mktemp("sdist"), "--target", "sdist")


@pytest.fixture(scope="module")
def unpacked(sdist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:
            archive.extractall(folder)
    (root,) = folder.iterdir()
    return root


def test_the_wheel_is_the_four_packages_the_licence_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    ours = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and not LEFTOVER.search(file.as_posix())
    }
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == ours
    assert {name.partition("/")[2] for name in about} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "licenses/LICENSE",
    }


def test_the_wheel_has_the_types_and_the_data_that_are_read_at_run_time(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert {"core_302/catalogue/models.json", "core_302/catalogue/images.json"} <= names


def test_the_sdist_builds_the_same_wheel_as_the_tree(wheel, unpacked, tmp_path):
    assert build(unpacked, tmp_path, "--target", "wheel").read_bytes() == wheel.read_bytes()


def test_the_sdist_holds_what_the_tests_need_and_nothing_that_lay_about(unpacked):
    files = {f.relative_to(unpacked).as_posix() for f in unpacked.rglob("*") if f.is_file()}
    needed = {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "mkdocs.yml"}
    needed |= {
        "tests/conftest.py",
        "cookbook/gateway.py",
        "docs/index.md",
        "benchmarks/__init__.py",
    }
    assert needed <= files
    assert [file for file in files if LEFTOVER.search(file)] == []


@pytest.mark.parametrize("name", ["wheel", "sdist"])
def test_nothing_that_is_published_is_large(name, request):
    megabytes = request.getfixturevalue(name).stat().st_size / 1e6
    assert 0.1 < megabytes < 3


PROJECT = 'name = "ai302"\nversion = "1.2.0"\n'
CHANGES = "# Changelog\n\n## Unreleased\n\n## 1.2.0 - 2027-01-31\n"


def test_a_tag_with_the_project_s_version_and_a_dated_section_is_fine():
    assert faults_of("v1.2.0", project=PROJECT, changelog=CHANGES) == []


@pytest.mark.parametrize(
    ("tag", "project", "changelog", "fault"),
    [
        ("v1.2.1", PROJECT, CHANGES, "it should be v1.2.0"),
        ("1.2.0", PROJECT, CHANGES, "it should be v1.2.0"),
        ("v1.2.0", PROJECT, "## Unreleased\n", "CHANGELOG.md has no"),
        ("v1.2.0", PROJECT, "## 1.2.0 - soon\n", "CHANGELOG.md has no"),
        ("v1.2.0", "", CHANGES, "names no version"),
    ],
)
def test_any_other_tag_is_not_released(tag, project, changelog, fault):
    (said,) = faults_of(tag, project=project, changelog=changelog)
    assert fault in said


def test_the_check_reads_the_version_of_this_project():
    done = subprocess.run(
        [sys.executable, "-m", "release.tag", "v0.0.0-nothing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "pyproject.toml says " in done.stdout
