"""What a caller may ask, with types, bounds, wire names and sources. No I/O."""
