"""Reads a folder of images with the workers of a Ray cluster, below one rate, each page once.

    python cookbook/ocr_on_ray.py --workers 2 --rate 20
    python cookbook/ocr_on_ray.py --folder scans/ --out pages/ --cache readings.sqlite

Ray Data spreads the files over workers and starts those anew that fail; each worker reads with the
engine that also reads on one machine. One actor is shared by all: `Shared` lets pages through at
one rate for the whole cluster, and holds the answers in one SQLite file. A run that was killed goes
on where it was, and images that are the same are read once.

Without a key it reads a few images on the local emulator. On a cluster:

- pass `--address auto`, on a node of the cluster; this program then starts nothing itself
- `--folder` must be seen by every node: a shared disk, or `s3://bucket/scans`
- `--cache` stays on the node where `Shared` runs (this one); nobody else opens it
- set `AI302_API_KEY` where the nodes are started; a runtime environment would show it to all who
  can see the job
- `--rate` is what your account permits, for all workers together

Needs `pip install "./core_302[ray]" "./emulator_302[ocr]"`.
"""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from needs import stop

try:
    import ray
    import ray.data
    from aiolimiter import AsyncLimiter
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
    from scans import make_scans

    import emulator_302
    from core_302 import Client, Settings
    from core_302.reading import ReadingCache, ReadingOptions, Source, SqliteCache, read_pages
    from core_302.reading.sources import IMAGES
except ModuleNotFoundError as missing:
    stop(missing, __doc__)


BATCH = 32  # files that a worker is given at once
AT_ONCE = 8  # pages that a worker reads at once
LEASE = 120.0  # seconds after which another worker may read a page whose worker was lost


@ray.remote(num_cpus=0)
class Shared:
    """What all workers share: their pace, and the answers, in one SQLite file.

    It lets pages through, `rate` a second, whichever worker asks.
    """

    def __init__(self, rate: float, path: str) -> None:
        # One at a time, at even steps: a burst of a second's worth would pass the gateway's limit.
        self._limiter = AsyncLimiter(1, 1 / rate)
        self._cache = SqliteCache(path, lease=LEASE)

    async def acquire(self) -> None:
        await self._limiter.acquire()

    async def call(self, name: str, *given: str) -> Any:
        return getattr(self._cache, name)(*given)


class Turns:
    """The cluster's pace, as the engine asks for it."""

    def __init__(self, shared: Any) -> None:
        self._shared = shared

    def acquire(self) -> None:
        ray.get(self._shared.acquire.remote())


class SharedCache(ReadingCache):
    """The cluster's answers, as the engine asks for them."""

    def __init__(self, shared: Any) -> None:
        self._shared = shared

    def claim(self, key: str, owner: str) -> Any:
        return ray.get(self._shared.call.remote("claim", key, owner))

    def keep(self, key: str, answer: str) -> None:
        ray.get(self._shared.call.remote("keep", key, answer))

    def release(self, key: str, owner: str) -> None:
        ray.get(self._shared.call.remote("release", key, owner))


class Reader:
    """A worker: it has one client, and reads the files that Ray gives it."""

    def __init__(self, options: ReadingOptions) -> None:
        self._client = Client(Settings.from_env())
        self._options = options

    def __call__(self, files: dict[str, Sequence[Any]]) -> dict[str, list[Any]]:
        named = zip(files["path"], files["bytes"], strict=True)
        sources = [Source(str(path), content=bytes(content)) for path, content in named]
        pages = list(read_pages(self._client, sources, self._options))
        return {
            "source": [page.source for page in pages],
            "page": [page.page for page in pages],
            "text": [page.text for page in pages],
            "cached": [page.cached for page in pages],
            "error": ["" if page.error is None else str(page.error) for page in pages],
            "worker": [os.getpid()] * len(pages),
        }


def read_folder(
    folder: str, *, workers: int, rate: float, cache: str, reader: str, batch: int
) -> Any:
    """Return a Ray dataset with a row for each page of the files in `folder`."""
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    shared = Shared.options(scheduling_strategy=here).remote(rate, str(Path(cache).absolute()))
    options = ReadingOptions(
        reader=reader,
        concurrency=AT_ONCE,
        on_error="keep",
        cache=SharedCache(shared),
        rate_limiter=Turns(shared),
    )
    endings = sorted(ending.removeprefix(".") for ending in IMAGES.endings)
    files = ray.data.read_binary_files(folder, include_paths=True, file_extensions=endings)
    return files.repartition(target_num_rows_per_block=batch).map_batches(
        Reader,
        fn_constructor_args=(options,),
        batch_size=batch,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=0.25,  # it mostly waits
    )


def told(pages: list[dict[str, Any]], seconds: float) -> str:
    """Return what a run has done, in words."""
    cached = sum(page["cached"] for page in pages)
    failed = [page["error"] for page in pages if page["error"]]
    workers = len({page["worker"] for page in pages})
    done = f"{len(pages)} pages, {cached} from the cache, {len(failed)} failed"
    speed = f"{workers} workers, {seconds:.1f} s, {len(pages) / seconds:.1f} pages a second"
    return "\n".join([f"{done}; {speed}", *failed])


def asked() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", help="what is read; by default a few scans are drawn")
    parser.add_argument("--out", help="a folder for the pages, as Parquet")
    parser.add_argument("--cache", help="the file of answers; by default a temporary one")
    parser.add_argument("--reader", default="qwen-vl-ocr", help="who reads")
    parser.add_argument("--workers", type=int, default=2, help="how many workers (2)")
    parser.add_argument("--rate", type=float, default=20.0, help="pages a second, in all (20)")
    parser.add_argument("--batch", type=int, default=BATCH, help=f"files at once ({BATCH})")
    parser.add_argument("--address", help="of a Ray cluster; by default one is started here")
    return parser.parse_args()


def start_ray(address: str | None, workers: int) -> None:
    """Join a cluster, or start one that only this machine sees."""
    alone: dict[str, Any] = {
        "num_cpus": workers + 1,  # one is for the reading of files
        "include_dashboard": False,
        "_node_ip_address": "127.0.0.1",
    }
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no reports home
    ray.init(address, log_to_driver=False, logging_level="error", **({} if address else alone))
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False


def main() -> None:
    how = asked()
    with ExitStack() as stack:
        new = stack.enter_context(tempfile.TemporaryDirectory(prefix="ai302-ray-"))
        if not os.environ.get("AI302_API_KEY"):
            gateway = stack.enter_context(emulator_302.running())
            os.environ |= {"AI302_API_KEY": gateway.api_key, "AI302_BASE_URL": gateway.base_url}
        if how.folder is None:
            how.folder = str(Path(new, "scans"))
            Path(how.folder).mkdir()
            make_scans(Path(how.folder))
            how.batch = 2  # so that each worker has some of the six files
        start_ray(how.address, how.workers)
        stack.callback(ray.shutdown)
        start = time.perf_counter()
        found = read_folder(
            how.folder,
            workers=how.workers,
            rate=how.rate,
            cache=how.cache or str(Path(new, "readings.sqlite")),
            reader=how.reader,
            batch=how.batch,
        ).materialize()
        pages = found.take_all()
        print(told(pages, time.perf_counter() - start))
        if how.out:
            found.write_parquet(how.out)
        for page in pages[:3]:
            print(f"  {Path(page['source']).name}, page {page['page']}: {page['text'][:60]!r}")


if __name__ == "__main__":
    main()
