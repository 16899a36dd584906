"""The only part of the core that does network I/O: runners, connection pool, deadlines, proxies."""
