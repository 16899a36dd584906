"""Write docs/security.md."""

from tests.guard.table import PAGE, page

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
