"""Files: what a model may read, how images are kept, and the limits of a budget."""

import copy
import os
import pickle
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core_302 import BudgetError, ConfigurationError, ConnectionLostError, InvalidInputError
from core_302.errors import ConnectionFailedError
from core_302.image_parts import LARGEST_INPUT, image_file
from core_302.media_types import file_type_of
from core_302.tools.budget import Budget
from core_302.tools.context import ToolContext
from core_302.tools.file_store import read_file, save_image
from core_302.tools.image_tool import is_image
from tests.drawn import image, png

PNG = png()


def kept(folder, prompt="A fox in snow", content=PNG):
    return save_image(image_file(content, "it"), folder, prompt)


def test_an_image_is_named_after_its_prompt_and_content(tmp_path):
    path = kept(tmp_path / "new" / "folder")
    assert path.name.startswith("a-fox-in-snow-")
    assert path.suffix == ".png"
    assert path.read_bytes() == PNG
    assert kept(tmp_path, content=image("JPEG")).suffix == ".jpg"
    assert kept(tmp_path, content=image("WEBP")).suffix == ".webp"


@pytest.mark.parametrize(
    ("prompt", "begins"),
    [
        ("../../etc/cron.d/x", "etc-cron-d-x-"),
        ("C:\\Windows\\CON", "c-windows-con-"),
        ("", "image-"),
        ("...", "image-"),
        ("狐狸在雪中", "狐狸在雪中-"),
        ("🦊" * 300, "image-"),
        ("x" * 5000, "x" * 40 + "-"),
        ("a\nb\tc\x00d", "a-b-c-d-"),
        (".hidden", "hidden-"),
    ],
)
def test_no_prompt_leads_out_of_the_folder(tmp_path, prompt, begins):
    path = kept(tmp_path, prompt)
    assert path.parent == tmp_path
    assert path.name.startswith(begins)
    assert len(path.name.encode()) < 255


def test_a_file_is_never_overwritten_and_no_draft_stays(tmp_path):
    first = kept(tmp_path)
    first.write_bytes(b"mine now")
    assert kept(tmp_path) == first
    assert first.read_bytes() == b"mine now"
    assert [entry.name for entry in tmp_path.iterdir()] == [first.name]


def test_a_file_obeys_the_usual_permissions(tmp_path):
    before = os.umask(0o022)
    try:
        assert stat.S_IMODE(kept(tmp_path).stat().st_mode) == 0o644
    finally:
        os.umask(before)


def test_a_file_system_without_links_keeps_images_too(tmp_path, monkeypatch):
    def refused(*_args, **_more):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refused)
    path = kept(tmp_path)
    assert path.read_bytes() == PNG
    assert kept(tmp_path) == path
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match=r"cannot be saved in .*file"):
        kept(tmp_path / "file" / "folder")


def test_a_model_may_read_an_image_below_an_allowed_folder(tmp_path):
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "me.png").write_bytes(PNG)
    assert read_file("album/me.png", [tmp_path], None, is_image, "image", "image") == PNG
    assert (
        read_file(str(tmp_path / "album" / "me.png"), [tmp_path], None, is_image, "image", "image")
        == PNG
    )


@pytest.fixture
def traps(tmp_path):
    """Return an allowed folder full of names that lead elsewhere."""
    allowed, outside = tmp_path / "allowed", tmp_path / "outside"
    allowed.mkdir()
    outside.mkdir()
    (outside / "secret.png").write_bytes(PNG)
    (tmp_path / "allowed-too").mkdir()
    (tmp_path / "allowed-too" / "secret.png").write_bytes(PNG)
    (allowed / "notes.txt").write_text("no image")
    (allowed / "link.png").symlink_to(outside / "secret.png")
    (allowed / "linked").symlink_to(outside)
    os.mkfifo(allowed / "pipe.png")
    with (allowed / "huge.png").open("wb") as file:
        file.write(PNG)
        file.truncate(LARGEST_INPUT + 1)
    return allowed


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside/secret.png",
        "../allowed-too/secret.png",
        "link.png",
        "linked/secret.png",
        "notes.txt",
        "pipe.png",
        "huge.png",
        "missing.png",
        "",
        ".",
        "~/.ssh/id_rsa",
        "a\x00.png",
        "x" * 5000,
    ],
)
def test_nothing_else_may_be_read_and_all_refusals_are_alike(traps, name):
    with pytest.raises(InvalidInputError) as caught:
        read_file(name, [traps], None, is_image, "image", "image")
    assert str(caught.value) == (
        f"image: there is no image {name[:80]!r} that may be read. Give an http(s) link, a data "
        "URI, or the name of an image that was made or given here."
    )


def test_a_pipe_in_place_of_an_image_holds_nobody_up(tmp_path):
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    ended = []

    def read():
        with pytest.raises(InvalidInputError):
            read_file("pipe.png", [tmp_path], None, is_image, "image", "image")
        ended.append(True)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(20)
    try:
        assert ended == [True]
    finally:
        if reader.is_alive():  # whoever waits for the pipe's other end gets it
            os.close(os.open(pipe, os.O_WRONLY))


def test_an_image_that_was_made_here_can_be_named(tmp_path):
    made = kept(tmp_path)
    assert read_file(made.name, [], tmp_path, is_image) == PNG
    assert read_file(f"images/{made.name}", [], tmp_path, is_image) == PNG


def test_a_file_in_the_output_folder_that_was_not_made_here_cannot(tmp_path):
    (tmp_path / "private.png").write_bytes(PNG)
    (tmp_path / "private-0123456789ab.png").write_bytes(PNG)
    for name in ("private.png", "private-0123456789ab.png"):
        with pytest.raises(InvalidInputError):
            read_file(name, [], tmp_path, is_image)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"most_images": 0}, "max_images must be more than 0, not 0"),
        ({"budget": -1.0}, "budget must be more than 0"),
        ({"budget": float("nan")}, "budget must be more than 0"),
        ({"assumed_price": 0}, "assumed_price must be more than 0"),
    ],
)
def test_a_limit_is_a_positive_number(given, says):
    with pytest.raises(ConfigurationError, match=says):
        Budget(**given)


def test_images_are_counted_and_the_next_one_too_many_is_refused():
    budget = Budget(most_images=3)
    with budget.reserve(2):
        pass
    with pytest.raises(BudgetError, match=r"may make 3 images, and 1 are left: nothing was sent"):
        budget.reserve(2).__enter__()
    with budget.reserve(1):
        pass
    assert budget.images == 3


def test_money_is_set_aside_before_and_settled_after():
    budget = Budget(budget=1.0, assumed_price=0.4)
    with budget.reserve(2) as share:
        assert budget.spent == 0.8
        share.cost = 0.1
    assert budget.spent == pytest.approx(0.1)
    with budget.reserve(2):
        pass
    with pytest.raises(BudgetError, match=r"may spend 1 PTC, and 0\.9 are spent or reserved"):
        budget.reserve(1).__enter__()


def test_the_dearest_image_so_far_is_what_the_next_is_thought_to_cost():
    budget = Budget(budget=1.0, assumed_price=0.01)
    with budget.reserve(1) as share:
        share.cost = 0.6
    with pytest.raises(BudgetError):
        budget.reserve(1).__enter__()


@pytest.mark.parametrize("cost", [-5.0, float("nan"), float("inf")])
def test_a_cost_that_is_none_changes_no_budget(cost):
    budget = Budget(budget=1.0, assumed_price=0.4)
    with budget.reserve(1) as share:
        share.cost = cost
    assert budget.spent == 0.4
    with budget.reserve(1):
        pass
    with pytest.raises(BudgetError):
        budget.reserve(1).__enter__()


@pytest.mark.parametrize(
    ("error", "images"), [(ConnectionFailedError("x"), 0), (ConnectionLostError("x"), 1)]
)
def test_only_what_was_surely_not_billed_is_given_back(error, images):
    budget = Budget(most_images=1, budget=1.0)
    with pytest.raises(type(error)), budget.reserve(1):
        raise error
    assert budget.images == images


def test_an_error_after_the_job_gives_nothing_back():
    budget = Budget()
    share = budget.reserve(1)
    share.__enter__().surely_billed = True
    error = ConnectionFailedError("the file host")
    assert not share.__exit__(type(error), error, None)
    assert budget.images == 1


def test_the_limit_holds_under_calls_at_once():
    budget = Budget(most_images=10)
    start = threading.Barrier(20)

    def draw(_):
        start.wait()
        try:
            with budget.reserve(1):
                return 1
        except BudgetError:
            return 0

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(draw, range(20))) == 10


def test_copies_share_a_purse_and_a_pickle_takes_along_what_is_used():
    budget = Budget(most_images=2)
    with copy.deepcopy(budget).reserve(1):
        pass
    assert budget.images == 1
    assert pickle.loads(pickle.dumps(budget)).images == 1


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (PNG, "image/png"),
        (b"RIFF....WAVE", "audio/wav"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        (b"Hello", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(start, kind):
    assert file_type_of(start + b"\0" * 100) == kind


def test_a_file_that_came_in_a_reply_stays_there_without_a_folder():
    flow = ToolContext().kept_bytes(b"1,2", "text/csv", "a table")
    with pytest.raises(StopIteration) as ended:
        next(flow)
    assert ended.value.value == {
        "url": None,
        "path": None,
        "media_type": "text/csv",
        "bytes": 3,
        "problem": None,
    }
