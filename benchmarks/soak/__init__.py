"""Hours in minutes: mixed load on a server that fails and dies, and what it leaves behind."""
