"""The server: requests decoded and checked, responses written, faults injected."""
