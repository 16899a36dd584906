"""What is published: the files of the five wheels and sdists, and the version of a tag."""

import re
import subprocess
import sys
import tarfile
import zipfile
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from hatchling import build

from release.projects import FOLDERS, PROJECTS, ROOT
from release.tag import faults_of
from release.version import FILES, with_version
from tests.docs.page_blocks import run

LEFTOVER = re.compile(
    r"__pycache__|\.py[co]$|\.ipynb_checkpoints|\.venv|\.coverage|\.DS_Store|/dist/"
)
# They are for the one who builds the package, and not a part of it.
OF_THE_FOLDER = {"LICENSE", "README.md", "pyproject.toml"}
EACH = pytest.mark.parametrize("folder", FOLDERS)
# Not in this environment, with the SDK that it requires: tests/mcp_302 looks there.
ELSEWHERE = {"mcp_302"}
POINTED_AT = {"emulator_302", "mcp_302"}  # by pytest, which finds its plugin so, and by a command


def built(source, target, how):
    """Build in this process, which has hatchling: a clean environment would have to fetch it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(source)
        return target / getattr(build, f"build_{how}")(str(target))


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    target = tmp_path_factory.mktemp("wheels")
    return {folder: built(ROOT / folder, target, "wheel") for folder in FOLDERS}


@pytest.fixture(scope="module")
def sdists(tmp_path_factory):
    target = tmp_path_factory.mktemp("sdists")
    return {folder: built(ROOT / folder, target, "sdist") for folder in FOLDERS}


@pytest.fixture(scope="module")
def unpacked(sdists, tmp_path_factory):
    return {name: unpack(file, tmp_path_factory.mktemp(name)) for name, file in sdists.items()}


def unpack(file, folder):
    with tarfile.open(file) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:
            archive.extractall(folder)
    (root,) = folder.iterdir()
    return root


def files(folder):
    """Return the files below a folder that git would keep, as paths from it."""
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    return {name for name in found if not LEFTOVER.search(name)}


def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@EACH
def test_a_wheel_is_its_package_the_licence_and_nothing_else(wheels, folder):
    there = set(names(wheels[folder]))
    about = {name for name in there if ".dist-info/" in name}
    ours = files(ROOT / folder) - OF_THE_FOLDER
    assert there - about == {f"{folder}/{name}" for name in ours}
    points = {"entry_points.txt"} if folder in POINTED_AT else set()
    assert {name.partition("/")[2] for name in about} == points | {
        "METADATA",
        "RECORD",
        "WHEEL",
        "licenses/LICENSE",
    }


def test_no_file_is_in_two_wheels(wheels):
    there = [name for wheel in wheels.values() for name in names(wheel)]
    assert len(there) == len(set(there))


def test_the_wheels_have_the_types_and_the_data_that_are_read_at_run_time(wheels):
    there = {name for wheel in wheels.values() for name in names(wheel)}
    assert {f"{folder}/py.typed" for folder in FOLDERS} <= there
    assert {"core_302/catalogue/models.json", "core_302/catalogue/images.json"} <= there


@EACH
def test_an_sdist_builds_the_same_wheel_as_the_tree(wheels, unpacked, folder, tmp_path):
    again = built(unpacked[folder], tmp_path, "wheel")
    assert again.name == wheels[folder].name
    assert again.read_bytes() == wheels[folder].read_bytes()


@EACH
def test_an_sdist_is_its_folder_and_nothing_that_lay_about(unpacked, folder):
    assert files(unpacked[folder]) - {"PKG-INFO", ".gitignore"} == files(ROOT / folder)


@pytest.mark.parametrize("kind", ["wheels", "sdists"])
def test_nothing_that_is_published_is_large(kind, request):
    kilobytes = [file.stat().st_size / 1e3 for file in request.getfixturevalue(kind).values()]
    assert all(10 < size < 1000 for size in kilobytes)


@EACH
def test_an_editable_install_leads_to_the_tree_and_copies_nothing(folder, tmp_path):
    with zipfile.ZipFile(built(ROOT / folder, tmp_path, "editable")) as archive:
        own = [name for name in archive.namelist() if ".dist-info/" not in name]
        assert own == [f"_{folder}.pth"]
        assert Path(archive.read(own[0]).decode()) == ROOT


def test_what_is_tested_lies_in_the_tree(tmp_path):
    found = "; ".join(f"print(find_spec({folder!r}).origin)" for folder in FOLDERS)
    shown = [sys.executable, "-c", f"from importlib.util import find_spec; {found}"]
    done = subprocess.run(shown, cwd=tmp_path, capture_output=True, text=True, check=True)
    there = [Path(line) for line in done.stdout.splitlines()]
    assert there == [ROOT / folder / "__init__.py" for folder in FOLDERS]


def test_the_root_asks_for_all_five_and_holds_nothing(tmp_path):
    with zipfile.ZipFile(built(ROOT, tmp_path, "wheel")) as archive:
        (about,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        told = archive.read(about).decode()
        assert all(".dist-info/" in name for name in archive.namelist())
    asked = set(re.findall(r"^Requires-Dist: (\S+) @ (\S+)$", told, re.MULTILINE))
    assert asked == {(p.name, (ROOT / p.folder).as_uri()) for p in PROJECTS}
    assert "Classifier: Private :: Do Not Upload" in told


def test_an_editable_install_of_the_root_says_what_to_name_instead(tmp_path):
    with pytest.raises(SystemExit, match=r"-e \./core_302 -e \./langchain_302 -e \./llama"):
        built(ROOT, tmp_path, "editable")


@EACH
def test_every_licence_is_the_same(folder):
    assert (ROOT / folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_all_have_one_version_and_the_adapters_want_the_core_of_theirs():
    (only,) = {project.version for project in PROJECTS}
    for project in PROJECTS:
        extras = [f"core-302[{extra}]=={only}" for extra in project.extras]
        if project.folder in ("langchain_302", "llama_index_302", "mcp_302"):
            assert f"core-302=={only}" in project.requires
            assert [line for lines in project.extras.values() for line in lines] == extras


@pytest.mark.parametrize("folder", sorted({*FOLDERS} - ELSEWHERE))
def test_a_package_tells_the_version_of_its_distribution(folder):
    (project,) = (project for project in PROJECTS if project.folder == folder)
    package = import_module(folder)
    assert package.__version__ == version(project.name) == project.version
    assert "__version__" in package.__all__


@EACH
def test_a_readme_leads_nowhere_that_a_registry_does_not_have(folder):
    told = (ROOT / folder / "README.md").read_text("utf-8")
    links = re.findall(r"\]\(([^)]+)\)", told)
    assert [link for link in links if not link.startswith("https://")] == []


SAYS = {
    "core_302": "https://",
    "langchain_302": "https://",
    "llama_index_302": "https://",
    "emulator_302": "it works",
    "mcp_302": "",  # its clients are programs of others
}


@EACH
def test_a_readme_s_program_runs_and_says_what_it_should(folder):
    printed = "".join(block.printed for block in run(ROOT / folder / "README.md"))
    assert SAYS[folder] in printed


FILE = 'name = "langchain-302"\nversion = "1.2.0"\ndependencies = ["core-302==1.2.0"]\n'
CORE = 'name = "core-302"\nversion = "1.2.0"\n'
TEXTS = {"core_302/pyproject.toml": CORE, "langchain_302/pyproject.toml": FILE}
CHANGES = "# Changelog\n\n## Unreleased\n\n## 1.2.0 - 2027-01-31\n"


def test_a_tag_with_the_version_of_the_projects_and_a_dated_section_is_fine():
    assert faults_of("v1.2.0", projects=TEXTS, changelog=CHANGES) == []


@pytest.mark.parametrize(
    ("tag", "given", "changelog", "fault"),
    [
        ("v1.2.1", {}, CHANGES, "it should be v1.2.0"),
        ("1.2.0", {}, CHANGES, "it should be v1.2.0"),
        ("v1.2.0", {}, "## Unreleased\n", "CHANGELOG.md has no"),
        ("v1.2.0", {}, "## 1.2.0 - soon\n", "CHANGELOG.md has no"),
        ("v1.2.0", {"x": ""}, CHANGES, "x names no version"),
        ("v1.2.0", {"x": 'version = "1.2"'}, f"## 1.2 - 2027-01-01\n{CHANGES}", "1.2 and 1.2.0"),
        (
            "v1.2.0",
            {"x": FILE.replace("==1.2.0", "==1.2.1")},
            f"## 1.2.1 - 2027-02-01\n{CHANGES}",
            "1.2.0 and 1.2.1",
        ),
    ],
)
def test_any_other_tag_is_not_released(tag, given, changelog, fault):
    (said,) = faults_of(tag, projects={**TEXTS, **given}, changelog=changelog)
    assert fault in said


def test_the_check_reads_the_versions_of_these_projects():
    done = subprocess.run(
        [sys.executable, "-m", "release.tag", "v0.0.0-nothing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"the projects say {PROJECTS[0].version}" in done.stdout


def test_a_new_version_is_written_wherever_the_old_one_stands():
    old = PROJECTS[0].version
    for file in FILES:
        text = file.read_text("utf-8")
        assert with_version(text, "9.9.9") == text.replace(f'{old}"', '9.9.9"')
