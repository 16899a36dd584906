"""The documentation is built, says what the code has, and each of its blocks runs."""
