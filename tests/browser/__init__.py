"""The page of the cookbook (`studio.py`), in a real browser."""
