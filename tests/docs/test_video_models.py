"""`docs/evidence/video-models.md` has every video model of the catalogue, with its source."""

from core_302.catalogue import video_models
from tests.docs.video_models import PAGE, page


def test_the_page_is_what_the_catalogue_has():
    assert PAGE.read_text("utf-8") == page(), "run `make options`"


def test_every_model_has_a_row():
    said = page()
    assert all(f"| `{name}` |" in said for name in video_models())
