"""Runs all tests with coverage, in two processes side by side: `python -m tests.run`.

The first half has its folders by name, the second has everything else, so no test is forgotten.
What the second says is shown as it comes, and what the first has said after it.
"""

import subprocess
import sys
import tempfile

FIRST = ("tests/browser", "tests/core", "tests/emulator", "tests/faults")
COVERED = [sys.executable, "-m", "coverage"]
# Each half would overwrite the other's list of failed tests.
PYTEST = [*COVERED, "run", "--parallel-mode", "-m", "pytest", "-p", "no:cacheprovider"]


def main():
    """Run both halves, then report the coverage of both together; return 1 if anything failed."""
    subprocess.run([*COVERED, "erase"], check=True)
    with tempfile.TemporaryFile() as said:
        first = subprocess.Popen([*PYTEST, *FIRST], stdout=said, stderr=subprocess.STDOUT)
        try:
            second = subprocess.run([*PYTEST, *(f"--ignore={name}" for name in FIRST)], check=False)
        finally:
            failed = first.wait()
            said.seek(0)
            sys.stdout.flush()
            sys.stdout.buffer.write(said.read())
            sys.stdout.flush()
    subprocess.run([*COVERED, "combine", "--quiet"], check=True)
    report = subprocess.run([*COVERED, "report"], check=False)
    return int(bool(failed or second.returncode or report.returncode))


if __name__ == "__main__":
    sys.exit(main())
