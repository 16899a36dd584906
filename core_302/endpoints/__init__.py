"""One module for each endpoint: how to build the request, and how to read the response.

Pure functions, no I/O.
"""
