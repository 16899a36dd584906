"""Why a miss of ours is one, by repository and the beginning of its path.

A miss that no line fits is "not explained yet" on the page.
"""

from __future__ import annotations

from benchmarks.recordings.recording import Recording

EXPLAINED: dict[tuple[str, str], str] = {}


def explanation(recording: Recording) -> str:
    """Return why our clients read `recording` otherwise."""
    for (repository, beginning), words in EXPLAINED.items():
        if recording.repository == repository and recording.path.startswith(beginning):
            return words
    return "not explained yet"
