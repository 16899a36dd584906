"""Which error a response stands for: envelopes, and vendors' phrases. No I/O."""
