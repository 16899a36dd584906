"""The page and the plots of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.speed.targets import TARGETS, Medians, Target

PAGE = Path("docs/evidence/performance.md")
FINDS = Path(__file__).with_name("finds.md")
PLOTS = {
    "cost": "What one call, a streamed piece, and 1000 at once cost each contender; logarithmic",
    "growth": "How the CPU of a piece, a call, a tool call and a message grows with their number; "
    "logarithmic",
}
BEGIN, END = "<!-- written by make bench -->", "<!-- end -->"
FIGURES = {
    "call_us": "one call, CPU us",
    "acall_us": "one awaited call, CPU us",
    "piece_us": "a streamed piece, CPU us",
    "apiece_us": "an awaited piece, CPU us",
    "first_ms": "first piece, wall ms",
    "many_s": "1000 calls at once, wall s",
    "many_again_s": "a second round of them, wall s",
    "many_cpu_s": "the first round, CPU s",
    "streams_s": "1000 streams at once, wall s",
    "streams_cpu_s": "the same, CPU s",
    "import_ms": "import, CPU ms",
    "object_ms": "first object, ms",
    "cold_x": "cold start to the first token / the framework's import, x",
    "contexts": "SSL contexts made by then",
    "connections": "new connections of ten streams after the first",
    "idle_kib": "an idle object, KiB",
    "open_kib": "an open stream, KiB",
    "image_x": "peak of a 20 MB image, x",
    "burst_gap_ms": "longest wait beside a burst of 20,000 pieces, ms",
    "image_gap_ms": "longest wait beside a call with a 20 MB image, ms",
    "reply_gap_ms": "longest wait beside a reply of 31 MiB, ms",
    "reply_parse_ms": "the parser's one call for it, ms",
    "calls_peak_mib": "peak of a process that made calls, MiB",
    "many_calls_peak_mib": "peak of 1000 calls, MiB",
    "many_streams_peak_mib": "peak of 1000 streams, MiB",
    "piece_of_1000_us": "a piece among 1000, CPU us",
    "piece_of_100000_us": "a piece among 100000, CPU us",
    "call_of_5000_us": "a call among 5000, CPU us",
    "toolcall_of_1000_us": "a streamed tool call among 1000, CPU us",
    "toolcall_of_4000_us": "a streamed tool call among 4000, CPU us",
    "message_of_1000_us": "a message among 1000, CPU us",
}


def page(result: Mapping[str, Any], medians: Medians) -> str:
    """Write the tables of a run into the page, between its marks, and return them."""
    drawn = "\n\n".join(f"![{words}]({name}.png)" for name, words in PLOTS.items())
    parts = [_about(result), targets(medians), drawn, _figures(medians, result["figures"])]
    said = "\n\n".join([*parts, FINDS.read_text("utf-8").strip()])
    text = PAGE.read_text("utf-8") if PAGE.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{said}\n{END}{after}", "utf-8")
    return said


def _about(result: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    return (
        f"Measured on {result['date']}: Python {result['python']}, {result['machine']}; "
        f"{versions}. The server alone answers {result['server_calls_per_second']} calls a second. "
        f"Rounds are interleaved; the run took {result['minutes']} minutes.{_again(result)}"
    )


def _again(result: Mapping[str, Any]) -> str:
    """Say which works were measured anew after the run, with every contender in each round."""
    if "anew" not in result:
        return ""
    works, minutes = ", ".join(result["anew"]["works"]), result["anew"]["minutes"]
    return (
        f" A later revision was measured anew, beside every contender, on {result['anew']['date']} "
        f"in {minutes} minutes: {works}."
    )


def targets(medians: Medians) -> str:
    """Return the table of the goals, each met or missed."""
    rows = ["| work | who | goal | measured | |", "|---|---|---|---|---|"]
    return "\n".join([*rows, *(_target(target, medians) for target in TARGETS)])


def _target(target: Target, medians: Medians) -> str:
    goal = f"<= {target.limit:g} {target.unit}".rstrip()
    try:
        value = target.measured(medians)
    except KeyError:
        return f"| {target.work} | {target.who} | {goal} | not measured | |"
    met = "met" if value <= target.limit else "**missed**"
    return f"| {target.work} | {target.who} | {goal} | {value:.3g} {target.unit} | {met} |"


def _figures(medians: Medians, figures: Mapping[str, Mapping[str, list[float]]]) -> str:
    names = list(medians)
    head = "medians, and half of what lies between the lowest and the highest round"
    rows = [f"| {head} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for figure, words in FIGURES.items():
        values = [_spread(medians[n].get(figure), figures[n].get(figure, [])) for n in names]
        rows.append(f"| {words} | {' | '.join(values)} |")
    return "\n".join(rows)


def _spread(median: float | None, values: list[float]) -> str:
    if median is None:
        return ""
    if len(values) == 1 or not median:
        return _short(median)
    return f"{_short(median)} ± {(max(values) - min(values)) / 2 / median:.0%}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004


def plots(medians: Medians) -> None:
    """Draw what each contender costs, and how cost grows."""
    import matplotlib as mpl  # noqa: PLC0415 - only here, and slow

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    bars = {k: FIGURES[k] for k in ("call_us", "piece_us", "many_s", "streams_s")}
    figure, axes = plt.subplots(1, len(bars), figsize=(15, 4), constrained_layout=True)
    for axis, (name, words) in zip(axes, bars.items(), strict=True):
        who = [n for n in medians if name in medians[n]]
        colours = ["tab:orange" if n in ("ChatAI302", "AI302") else "tab:gray" for n in who]
        drawn = axis.barh(who, [medians[n][name] for n in who], color=colours)
        axis.bar_label(drawn, fmt=_short, padding=3, fontsize=8)
        axis.set(xscale="log")
        axis.set_title(words, fontsize=10)
        axis.margins(x=0.3)
        axis.invert_yaxis()
    figure.savefig(PAGE.parent / "cost.png", dpi=80)
    kinds = ("piece_of", "call_of", "toolcall_of", "message_of")
    figure, axes = plt.subplots(1, len(kinds), figsize=(18, 4), constrained_layout=True)
    for axis, kind in zip(axes, kinds, strict=True):
        for name, figures in medians.items():
            points = sorted(
                (int(k.split("_")[2]), v) for k, v in figures.items() if k.startswith(kind)
            )
            if points:
                axis.plot(*zip(*points, strict=True), marker="o", label=name)
        axis.set(
            xscale="log", yscale="log", title=f"CPU us of a {kind.split('_')[0]} among so many"
        )
    axes[0].legend(fontsize=7)
    figure.savefig(PAGE.parent / "growth.png", dpi=80)
