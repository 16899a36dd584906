"""With `core-302[ray]`: what the recipe for a cluster imports is there, and reads."""

from importlib.metadata import version

import ray.data
from aiolimiter import AsyncLimiter

from core_302.reading import SqliteCache

assert callable(ray.data.read_binary_files)
assert AsyncLimiter(1).max_rate == 1
assert callable(SqliteCache)
assert version("pypdfium2")
