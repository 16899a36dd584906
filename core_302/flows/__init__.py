"""Flows of more than one step: image jobs, tasks, downloads, cost, retrieval. No I/O."""
