"""What the hot paths cost one by one, without a network. `make microbench` runs it."""
