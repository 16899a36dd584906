"""Recordings: the requests to a gateway and its answers, kept in a file and replayed without it."""
