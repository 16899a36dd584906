"""How fast each adapter is, side by side in one run. `make bench` runs it.

Every contender works in a process of its own, in an environment of its own where it needs one,
against one server in another process. Rounds are interleaved; medians and spreads are kept.
"""
