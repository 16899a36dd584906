"""What the Studio's tab of tools offers is what the packages have, in both frameworks."""

import sys
from pathlib import Path

import pytest
from PIL import Image

import emulator_302
from langchain_302.tools.toolkit import TOOLS
from tests.drawn import png

COOKBOOK = Path(__file__).parents[2] / "cookbook"
sys.path.insert(0, str(COOKBOOK))

from studio_page.workbench import ELSEWHERE, Workbench  # noqa: E402


@pytest.fixture
def bench(monkeypatch, tmp_path):
    with emulator_302.running() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        made = Workbench(tmp_path / "made")
        yield made
        made.close()


def test_every_tool_is_offered_here_or_in_the_tab_for_drawing(bench):
    assert {*bench.tools} | {*ELSEWHERE} == {kind.capability.name for kind in TOOLS}


def test_a_form_has_the_arguments_that_are_declared_and_knows_files_by_them(bench):
    kinds = {
        f"{name}.{one.name}": one.kind for name in bench.tools for one in bench.arguments(name)
    }
    files = {name for name, kind in kinds.items() if kind in ("file", "files")}
    assert files == {
        *("remove_background.image", "upscale_image.image", "read_image.image", "read_file.file"),
        *("erase_from_image.image", "erase_from_image.mask", "transcribe.audio"),
        *("generate_video.images", "generate_video.end_image"),
    }
    assert kinds["run_code.code"] == "long"
    assert kinds["run_code.language"] == "choice"
    assert kinds["speak.speed"] == "number"
    assert kinds["upscale_image.scale"] == "whole"


async def test_an_upload_is_taken_by_its_name_and_the_programs_name_it_too(bench, tmp_path):
    (tmp_path / "a photo.png").write_bytes(png(64, 64))
    given = {"image": str(tmp_path / "a photo.png"), "scale": "3"}
    done = await bench.call("upscale_image", given)
    ((path, kind),) = done.files
    assert (Path(path).parent, kind) == (bench.folder, "image/png")
    assert done.cost is not None
    assert '"image": "a photo.png"' in done.code.langchain
    assert '"scale": 3' in done.code.langchain
    assert "for block in tools.upscale_image(" in done.code.llama_index
    assert "AI302UpscaleTool(" in done.code.langchain


async def test_two_uploads_of_one_name_are_two_files(bench, tmp_path):
    given = {}
    for name, side in (("image", 64), ("mask", 32)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.png").write_bytes(png(side, side))
        given[name] = str(tmp_path / name / "p.png")
    done = await bench.call("erase_from_image", given)
    assert done.apology is None
    ((path, _),) = done.files
    with Image.open(path) as made:
        assert made.size == (64, 64)
    assert '{"image": "p.png", "mask": "p.png"}' in done.code.langchain
