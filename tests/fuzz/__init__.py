"""Readers of strangers' bytes, fuzzed from a corpus that is part of the tests."""
