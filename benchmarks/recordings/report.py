"""The page of the results: counts, paths and forms, and nothing that a recording says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from benchmarks.fidelity.contenders import CONTENDERS
from benchmarks.recordings.cassettes import DUMPED
from benchmarks.recordings.explained import explanation
from benchmarks.recordings.finder import Found
from benchmarks.recordings.recording import Recording
from benchmarks.recordings.replay import WAYS, reading_of

START = """# Recordings of real vendors

Other projects keep responses of real vendors as test data. `make recordings DIR=folder` finds the
chat/completions responses in a folder of such repositories, sends their bytes over a local socket
to four clients, and compares what each client returns to its user with what an independent parser
finds in the JSON. That parser (`benchmarks/recordings/reader.py`) is written from the documentation
of OpenAI and of vendors, and shares no code with the clients. No recording is kept in this
repository.

- A client reads a response correctly if both blocking and awaited calls return the text, the
  reasoning, the tool calls with their arguments, the finish reason and the token counts (input,
  output, total) of the response. For an error, wherever in the response it is, the client must
  raise one.
- "Cut" is the same response once more, blocking, with its body in chunks of 1 to 499 bytes: lines,
  events and characters are cut anywhere. What only awaited calls miss is not in its figures.
- The comparison is generous: white space in reasoning does not count; reasoning in `<think>` may be
  in the text or separate from it; a refusal may replace an empty text; a call in the older
  `function_call` form counts wherever it is kept; counts and finish reason may be in an earlier
  chunk; a call whose arguments are not a JSON object may be kept as such or be an error.
- Responses are sent as they were recorded: gzip stays gzip, and JSON stays as it was written. Where
  a cassette keeps parsed JSON, or a line for each chunk, they are encoded again.
- A response that occurs in several files, byte for byte, counts once.
- ChatOpenAI does not read reasoning fields, as its documentation says; the table of misses shows
  how often that was the only one.
"""


@dataclass
class Outcome:
    """What one client did.

    Attributes:
        name: Its class.
        versions: The packages that matter, and their versions.
        complaints: For each way, what was missed of which recording, by its place in the list.
    """

    name: str
    versions: Mapping[str, str]
    complaints: dict[str, dict[int, list[str]]] = field(
        default_factory=lambda: {way: {} for way in WAYS}
    )

    def note(self, place: int, way: str, complaints: list[str]) -> None:
        """Keep what one recording and way came to."""
        if complaints:
            self.complaints[way][place] = complaints

    def missed(self, place: int) -> list[str]:
        """Return what it missed of a recording, blocking or awaited."""
        both = (self.complaints[way].get(place, []) for way in ("blocking", "awaited"))
        return list(dict.fromkeys(one for found in both for one in found))

    def right(self, places: Sequence[int]) -> int:
        """Return how many of those it read right."""
        return sum(not self.missed(place) for place in places)

    def right_when_cut(self, places: Sequence[int]) -> int:
        """Return how many of those it read right when they were cut."""
        return sum(place not in self.complaints["cut"] for place in places)


def page(found: Found, outcomes: Sequence[Outcome]) -> str:
    """Return the whole page."""
    date = datetime.now(timezone.utc).date().isoformat()
    versions = [f"- {one.name}: {_versions(one)}" for one in outcomes]
    parts = [
        [START, f"Measured on {date} by `make recordings`, with", "", *versions],
        ["## Right", "", *_right(found, outcomes)],
        ["## By vendor", "", *_grouped(found, outcomes, "vendor", lambda one: one.vendor)],
        ["## By kind of file", "", *_grouped(found, outcomes, "kind", _kind)],
        ["## By repository", "", *_repositories(found, outcomes)],
        ["## What was missed", "", *_complaints(found, outcomes)],
        ["## Every miss of ours", "", *_misses(found, outcomes)],
        ["## What was left out", "", *_skipped(found)],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def summary(found: Found, outcomes: Sequence[Outcome]) -> list[str]:
    """Return a line for each client."""
    places = range(len(found.recordings))
    return [
        f"{one.name}: {one.right(places):,} of {len(places):,} right "
        f"({_share(one.right(places), len(places))}), cut {one.right_when_cut(places):,}"
        for one in outcomes
    ]


def _right(found: Found, outcomes: Sequence[Outcome]) -> list[str]:
    everything = list(range(len(found.recordings)))
    sent = [place for place in everything if found.recordings[place].kind != DUMPED]
    dumped = [place for place in everything if found.recordings[place].kind == DUMPED]
    vendors = len({found.recordings[place].vendor for place in sent} - {"not named"})
    lines = [
        f"{len(sent):,} distinct replies of {vendors} vendors as they were sent,",
        f"and {len(dumped):,} that an SDK had read and written anew before they were kept.",
        "",
        "| client | as sent | of them cut | from an SDK | of them cut |",
        "|---|---|---|---|---|",
    ]
    for one in outcomes:
        cells = [_of(one.right(sent), sent), _of(one.right_when_cut(sent), sent)]
        cells += [_of(one.right(dumped), dumped), _of(one.right_when_cut(dumped), dumped)]
        lines.append(f"| {one.name} | {' | '.join(cells)} |")
    return lines


def _of(right: int, places: Sequence[int]) -> str:
    return f"{right:,} of {len(places):,} ({_share(right, len(places))})"


def _share(right: int, of: int) -> str:
    return f"{right / of:.2%}" if of else "none"


def _kind(recording: Recording) -> str:
    form = "streams" if recording.stream else "whole"
    form = form if recording.status == 200 else "refusals"  # noqa: PLR2004
    return f"{recording.kind}, {form}"


def _grouped(
    found: Found,
    outcomes: Sequence[Outcome],
    title: str,
    group_of: Callable[[Recording], str],
) -> list[str]:
    groups: dict[str, list[int]] = defaultdict(list)
    for place, recording in enumerate(found.recordings):
        groups[group_of(recording)].append(place)
    lines = _table(title, "replies", *(one.name for one in outcomes))
    for name, places in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        cells = [f"{one.right(places):,}" for one in outcomes]
        lines.append(f"| {name} | {len(places):,} | {' | '.join(cells)} |")
    return lines


def _repositories(found: Found, outcomes: Sequence[Outcome]) -> list[str]:
    lines = _grouped(found, outcomes, "repository", lambda one: one.repository)
    return [
        *(_with_commit(line, found.commits) for line in lines),
        "",
        "Without a recording: " + (", ".join(found.without_recordings) or "none") + ".",
    ]


def _with_commit(line: str, commits: Mapping[str, str]) -> str:
    name = line.removeprefix("| ").partition(" |")[0]
    return line.replace(name, f"{name} at {commits[name]}", 1) if commits.get(name) else line


def _complaints(found: Found, outcomes: Sequence[Outcome]) -> list[str]:
    counts = {one.name: Counter[str]() for one in outcomes}
    for one in outcomes:
        for place in range(len(found.recordings)):
            if missed := one.missed(place):
                counts[one.name][" and ".join(missed)] += 1
    names = Counter[str]()
    for count in counts.values():
        names += count
    lines = _table("missed", *(one.name for one in outcomes))
    for name, _ in names.most_common():
        cells = [str(counts[one.name][name]) for one in outcomes]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _misses(found: Found, outcomes: Sequence[Outcome]) -> list[str]:
    ours = [one for one in outcomes if CONTENDERS[one.name].ours]
    lines = _table("recording", "form", *(one.name for one in ours), "why")
    for place, recording in enumerate(found.recordings):
        missed = [" and ".join(one.missed(place) or _cut(one, place)) for one in ours]
        if any(missed):
            forms = sorted(reading_of(recording).forms)
            cells = [_named(recording), _form(recording, forms)]
            cells += [words or "right" for words in missed]
            lines.append(f"| {' | '.join([*cells, explanation(forms)])} |")
    return lines if len(lines) > 2 else ["None."]  # noqa: PLR2004 - the table's head


def _cut(outcome: Outcome, place: int) -> list[str]:
    return [f"{one}, when cut" for one in outcome.complaints["cut"].get(place, [])]


def _named(recording: Recording) -> str:
    path = recording.path.replace("|", "\\|")
    return f"{recording.repository}: `{path}`, {recording.number}"


def _form(recording: Recording, forms: Sequence[str]) -> str:
    return ", ".join([recording.vendor, "stream" if recording.stream else "whole", *forms])


def _skipped(found: Found) -> list[str]:
    """Return why files and exchanges count for nothing; no reason hides in "others"."""
    lines = [f"Of {found.files:,} files that were looked into:", "", *_table("files", "why")]
    lines += [f"| {count:,} | {why} |" for why, count in found.skipped_files.most_common()]
    lines += ["", "Of the exchanges in the others:", "", *_table("exchanges", "why")]
    lines += [f"| {count:,} | {why} |" for why, count in found.skipped_exchanges.most_common()]
    return lines


def _table(*columns: str) -> list[str]:
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]


def _versions(one: Outcome) -> str:
    return ", ".join(f"{package} {version}" for package, version in one.versions.items())
