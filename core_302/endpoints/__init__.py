"""One module for each endpoint: how to ask, and how to read the answer. Pure functions, no I/O."""
