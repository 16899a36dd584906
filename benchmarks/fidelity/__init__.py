"""The rows of `tests/fidelity`, put to this project's chat models and to their rivals.

`contenders.py` sets up each class; `python -m benchmarks.fidelity` runs them all, each in an
environment of its own, and writes `docs/evidence/fidelity.md`.
"""
