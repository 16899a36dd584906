"""Fuzz every target for its share of FUZZ_SECONDS, and say how often each was run.

With atheris, libFuzzer is led by the coverage of core_302. Without it, the corpus is changed at
random, and the report says so. A finding is written to `findings/`: move it into `corpus/`, where
`test_corpus.py` keeps it, and mend what it found.
"""

import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

from tests.fuzz.targets import TARGETS

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
FINDINGS = HERE / "findings"
PAGE = HERE.parents[1] / "docs" / "evidence" / "fuzzing.md"
MARK = "## The last run"
HEAD = "| target | executions | edges | inputs kept | found |\n|---|---|---|---|---|"
SECONDS = 300
LONGEST = 4096  # bytes of an input
PROGRESS = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")


def led_by_coverage(name, seconds):
    """Run one target under libFuzzer; return its executions, edges, inputs and findings."""
    with tempfile.TemporaryDirectory() as grown:
        options = [
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            "-print_final_stats=1",
            "-timeout=10",
            "-rss_limit_mb=2048",
            f"-artifact_prefix={FINDINGS}/{name}-",
            f"-dict={HERE / 'words.dict'}",
        ]
        command = [sys.executable, "-m", "tests.fuzz.one", name, *options, grown, CORPUS / name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    runs = re.findall(r"stat::number_of_executed_units:\s*(\d+)", said)
    reached = PROGRESS.findall(said) or [("0", "0", "0")]
    edges, _, inputs = reached[-1]
    if done.returncode:
        print(said[-4000:], file=sys.stderr)
    return int(runs[-1]) if runs else 0, edges, inputs, done.returncode


def at_random(name, seconds):
    """Run one target on changed inputs of its corpus; return the same, without edges."""
    seeds = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    chance, runs, end = random.Random(302), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 8)):
            place = chance.randint(0, len(data))
            data[place : place + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 3))
        runs += 1
        try:
            TARGETS[name](bytes(data))
        except Exception as error:  # whatever it is, it is a finding
            (FINDINGS / f"{name}-{runs}").write_bytes(data)
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            return runs, "-", "-", 1
    return runs, "-", "-", 0


def main():
    """Fuzz all targets, print a table, write it down, and fail if anything was found."""
    seconds = max(1, int(os.environ.get("FUZZ_SECONDS", SECONDS)) // len(TARGETS))
    led = importlib.util.find_spec("atheris") is not None
    how = "atheris, led by coverage" if led else "at random: atheris is not installed here"
    FINDINGS.mkdir(exist_ok=True)
    print(f"Fuzzing {len(TARGETS)} targets for {seconds} s each ({how}).", flush=True)
    rows, total, found = [HEAD], 0, 0
    print(HEAD, flush=True)
    for name in TARGETS:
        runs, edges, inputs, failed = (led_by_coverage if led else at_random)(name, seconds)
        found += bool(failed)
        total += runs
        rows.append(f"| {name} | {runs:,} | {edges} | {inputs} | {'yes' if failed else 'no'} |")
        print(rows[-1], flush=True)
    if led:
        today = datetime.now(timezone.utc).date()
        ran = f"{today}: {total:,} executions, {seconds} s for each target."
        before, mark, _ = PAGE.read_text("utf-8").partition(MARK)
        PAGE.write_text(f"{before}{mark}\n\n{ran}\n\n" + "\n".join(rows) + "\n", "utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
