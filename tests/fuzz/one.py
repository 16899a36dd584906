"""Fuzz one target with atheris until libFuzzer's own options end it. See `tests.fuzz`."""

import sys

import atheris

if __name__ == "__main__":
    with atheris.instrument_imports(include=["core_302"]):
        from tests.fuzz.targets import TARGETS
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()
