"""The options of every endpoint, with types, bounds, wire names and sources. No I/O."""
