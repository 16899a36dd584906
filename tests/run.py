"""Runs all tests, in processes side by side, and measures coverage: `python -m tests.run`.

Each part has its folders and files by name, and "the rest" has everything else, so no test is
forgotten. More of them run at once than most machines have cores: many tests wait for sockets, for
a browser or for programs of their own. Those that wait or take longest come first. The rest asks
mypy too, and finds in its cache what `make types` has read meanwhile. What a part says is shown
when it ends.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import PurePosixPath

AT_ONCE = 6
PARTS = {
    "LangChain": ("tests/langchain_302", "tests/both_adapters"),
    "core": (
        "tests/core_302",
        "tests/faults/test_certificates.py",
        "tests/faults/test_clocks.py",
        "tests/faults/test_proxies.py",
        "tests/fuzz",
        "tests/guard",
        "tests/packaging/test_missing_requirements.py",
    ),
    "sweeps": (
        "tests/faults/test_matrix.py",
        "tests/faults/test_callers.py",
        "tests/properties",
        "tests/core_302/catalogue/test_names.py",
        "tests/core_302/catalogue/test_vision_names.py",
        "tests/core_302/messages/test_think_tags.py",
    ),
    "cookbook": ("tests/cookbook",),
    "browser": ("tests/browser",),
    "adapters' sweeps": (
        "tests/both_adapters/test_untrusted_replies.py",
        "tests/langchain_302/test_errors.py",
        "tests/langchain_302/test_hostile_gateway.py",
        "tests/langchain_302/test_life_cycle.py",
        "tests/langchain_302/test_with_emulator.py",
        "tests/llama_index_302/test_agents.py",
        "tests/llama_index_302/test_hostile_gateway.py",
    ),
    "the rest": (),
    "emulator": ("tests/emulator_302",),
    "LlamaIndex": ("tests/llama_index_302", "tests/llama_index_contract"),
}
# To trace code takes half as much time again. The tests of these parts put the same again, or run
# programs of their own: those of the core and of the adapters reach every line and branch.
UNMEASURED = ("cookbook", "sweeps", "browser", "adapters' sweeps", "emulator", "the rest")
NAMED = [path for paths in PARTS.values() for path in paths]
COVERED = [sys.executable, "-m", "coverage"]
# What was compiled is kept, whatever the machine has set: many tests start programs of their own,
# and each of these would compile the four packages anew.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
# Each part would overwrite the others' list of failed tests.
PYTEST = ["-m", "pytest", "-p", "no:cacheprovider", "-m", "not apart"]


def what(paths):
    """Return the arguments of a part: its paths, and below them none that another part has."""
    folders = [PurePosixPath(path) for path in paths]
    others = [path for path in NAMED if path not in paths]
    below = [path for path in others if any(PurePosixPath(path).is_relative_to(f) for f in folders)]
    return [*paths, *(f"--ignore={path}" for path in (below if paths else others))]


def part(name, paths):
    """Run the tests of a part; return its name, whether it failed, and what it said."""
    begun = time.monotonic()
    measured = [] if name in UNMEASURED else ["-m", "coverage", "run", "--parallel-mode"]
    done = subprocess.run(
        [sys.executable, *measured, *PYTEST, *what(paths)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    head = f"-- {name}: {time.monotonic() - begun:.0f} s\n"
    return bool(done.returncode), head.encode() + done.stdout


def main():
    """Run all parts, then report the coverage of all together; return 1 if anything failed."""
    begun = time.monotonic()
    subprocess.run([*COVERED, "erase"], check=True)
    failed = False
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(part, *one) for one in PARTS.items()]
        for ended in as_completed(running):
            wrong, said = ended.result()
            failed |= wrong
            sys.stdout.flush()
            sys.stdout.buffer.write(said)
            sys.stdout.flush()
    subprocess.run([*COVERED, "combine", "--quiet"], check=True)
    report = subprocess.run([*COVERED, "report"], check=False)
    sys.stdout.write(f"-- all: {time.monotonic() - begun:.0f} s\n")
    return int(failed or bool(report.returncode))


if __name__ == "__main__":
    sys.exit(main())
