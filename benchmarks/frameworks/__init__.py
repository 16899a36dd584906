"""Other libraries on what we have: each runs a small program in an environment of its own."""
