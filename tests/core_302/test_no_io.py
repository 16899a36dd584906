"""The modules that are not named as doing I/O run with files, sockets and clocks blocked."""

import fnmatch
import os
import subprocess
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
# What only hands on to `net/`, and what reads files: not pure, and named nowhere else.
NOT_PURE = ("core_302.client", "core_302.async_client", "core_302.adapters.*", "core_302.reading.*")


def named_as_doing_io():
    """Return the modules that the import contract lets do I/O."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (contract,) = [one for one in told["contracts"] if one["name"].startswith("No module of the")]
    return {line.split(" -> ")[0] for line in contract["ignore_imports"]}


def pure_modules():
    allowed = (*named_as_doing_io(), "core_302.net", "core_302.reading", *NOT_PURE)
    files = sorted((ROOT / "core_302").rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    names = [name.removesuffix(".__init__") for name in names]
    return [name for name in names if not any(fnmatch.fnmatch(name, one) for one in allowed)]


def test_the_pure_modules_run_with_files_sockets_and_clocks_blocked():
    modules = pure_modules()
    assert len(modules) > 50
    program = Path(__file__).with_name("no_io_program.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, str(program), *modules],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.strip() == f"{len(modules)} modules"
