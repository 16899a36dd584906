"""`docs/evidence/image-models.md` has every image model of the catalogue, with its source."""

from core_302.catalogue import image_models
from tests.docs.image_models import PAGE, page


def test_the_page_is_what_the_catalogue_has():
    assert PAGE.read_text("utf-8") == page(), "run `make options`"


def test_every_model_has_a_row():
    said = page()
    assert all(f"| `{name}` |" in said for name in image_models())
