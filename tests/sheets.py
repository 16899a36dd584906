"""Pages as they are sent, with the reading's own options unless a test names others."""

from core_302.reading import page_images
from core_302.reading.page_options import PageFields


def sheets_of(source, **how):
    """Return the chosen pages of a source."""
    return page_images.sheets_of(source, PageFields(**how))


def draw(sheet, **how):
    """Return a page as it is sent."""
    return page_images.draw(sheet, PageFields(**how))
