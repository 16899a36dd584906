"""Writes `docs/evidence/soak.md`, and beside it the plot of what the process held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.soak.watch import EVERY, MEASURES, MOST_GROWTH, UNSEEN

PAGE = Path("docs/evidence/soak.md")
PLOT = Path("docs/evidence/soak.png")
UNITS = {"memory": "MiB", "sockets": "open", "threads": "alive", "tasks": "pending"}


def write(found: dict[str, Any]) -> None:
    """Write the page and its plot."""
    _plot(found["samples"])
    PAGE.write_text(page(found), "utf-8")


def page(found: dict[str, Any]) -> str:
    """Return the page of a run."""
    about, calls, drawn = found["about"], found["calls"], found["images"]
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    kept = (f"| {claim} | {_yes(kept=kept)} |" for claim, kept in found["claims"].items())
    errors = (f"| {name} | {times:,} |" for name, times in calls["by_error"].items())
    return f"""# Soak

{about["minutes"]:g} minutes of mixed load, written by `make soak`. {about["threads"]} threads,
{about["tasks"]} asyncio tasks and a thread of short event loops share one client, chat model,
embedding and tool of each package. The emulator runs in its own process, spoils
{about["spoiled"]:.0%} of all requests (429, 500, 502, an error under 200 or in a stream, a broken
connection, a stall, a delay, small pieces), and was killed and started again {about["kills"]}
times. Every call asks for a token of its own.

Python {about["python"]}, {about["cores"]} cores, {versions}.

| claim | kept |
|---|---|
{chr(10).join(kept)}

{calls["begun"]:,} calls: {calls["answered"]:,} answers and {calls["refused"]:,} typed errors;
{len(calls["wrong"])} wrong answers, {len(calls["strangers"])} errors of another library,
{calls["hanging"]} calls that never returned.

| error | times |
|---|---|
{chr(10).join(errors)}

Images: the server took {drawn["ordered"]:,} orders, {drawn["ordered_twice"]} of them a second
time. {drawn["delivered"]:,} were delivered; of {drawn["maybe_and_ordered"]:,} the caller was told
that they may be billed, and of {drawn["ordered_and_untold"]} neither. Another
{drawn["maybe"] - drawn["maybe_and_ordered"]} were called billed, perhaps, although their order had
not arrived: no client can know that.

## Resources of the process, every {EVERY:g} seconds

![memory, sockets, threads and tasks over time]({PLOT.name})

A straight line is fitted to the second half. Flat means that it rises by no more than
{MOST_GROWTH:.0%} of the mean, or by no more than the fluctuations of the load
({", ".join(f"{name} {UNSEEN[name]:g}" for name in MEASURES)}).

| | mean | a minute | over the half | flat |
|---|---|---|---|---|
{chr(10).join(_row(name, found["growth"][name]) for name in MEASURES)}
"""


def _yes(*, kept: bool) -> str:
    return "yes" if kept else "**no**"


def _row(name: str, line: dict[str, Any]) -> str:
    numbers = f"{line['mean']:g} | {line['per_minute']:+g} | {line['rise']:+g}"
    return f"| {name} ({UNITS[name]}) | {numbers} | {_yes(kept=line['flat'])} |"


def _plot(samples: list[dict[str, float]]) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - heavy, and not in the environment of the tests

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, places = plt.subplots(len(MEASURES), 1, sharex=True, figsize=(8, 8))
    minutes = [one["second"] / 60 for one in samples]
    for place, name in zip(places, MEASURES, strict=True):
        place.plot(minutes, [one[name] for one in samples], linewidth=1)
        place.set_ylabel(f"{name}\n{UNITS[name]}")
        place.set_ylim(0, 1.2 * max(one[name] for one in samples))
        place.axvspan(minutes[len(minutes) // 2], minutes[-1], alpha=0.08)
    places[-1].set_xlabel("minutes; the fit is over the shaded half")
    figure.tight_layout()
    figure.savefig(PLOT, dpi=100, metadata={"Software": None})
    plt.close(figure)
