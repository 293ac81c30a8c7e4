"""The report: JSON with every figure, Markdown with the table, and charts as SVG."""

import json
from html import escape
from pathlib import Path
from typing import Any

from bench.serving.works import WORKS

BUSY = 1.0  # load average from which on a machine is said to be busy
_BAR, _ROW, _LEFT = 420, 26, 250


def write(found: dict[str, Any], target: Path) -> None:
    """``<target>.json``, ``.md`` and ``.svg``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    target.with_suffix(".svg").write_text(chart(found))
    target.with_suffix(".md").write_text(page(found, target.name))


def page(found: dict[str, Any], name: str) -> str:
    """The whole report in Markdown."""
    floors = found["limits"]
    state = (
        f"**The machine was busy** before (load average {found['load_before']:.1f} on "
        f"{found['cores']} cores): read CPU time, not the clock."
        if found["load_before"] > BUSY
        else "The machine was quiet."
    )
    return f"""# Serving {found["learners"]:,} learners and {found["courses"]:,} courses

Measured {found["at"]} by `python -m bench.serving`: production profile, PostgreSQL with fsync on,
{found["rows"]:,} rows, {found["at_once"]} connections at once, medians of {found["runs"]} runs.
{state}

CPU milliseconds are of all processes of the product, PostgreSQL included, for one unit of work.
{_waking(found)}

{table(found)}

![CPU milliseconds of each kind of work]({name}.svg)

## The machine's limits, measured in the same run

| limit | a second | CPU ms |
|---|---:|---:|
{_limit("an empty page of the same web server", floors["page"])}
{_limit("one row read by its key (pgbench, prepared)", floors["select"])}
{_limit("one row changed for good (pgbench, prepared, fsync)", floors["update"])}

{_judging(found)}Memory of all processes (PSS) at its highest: {highest(found) / 1e6:,.0f} MB.
"""


def _waking(found: dict[str, Any]) -> str:
    if not found["awake"]:
        return "The cores slept between requests; waking them is counted."
    return "A loop of the lowest priority kept each core from sleeping between requests."


def _judging(found: dict[str, Any]) -> str:
    told = found.get("standing")
    if told is None:
        return ""
    return (
        f"Judging everybody (`aliquot standing --all`): {told['cycles']:,} cycles in "
        f"{told['seconds']:,.0f} s, {told['cpu']:.2f} CPU ms each.\n"
    )


def _limit(words: str, floor: dict[str, float]) -> str:
    return f"| {words} | {floor['a_second']:,.0f} | {floor['cpu']:.3f} |"


def highest(found: dict[str, Any]) -> float:
    """The most memory after any kind of work."""
    return max((each["memory"] for each in found["works"].values()), default=0)


def table(found: dict[str, Any]) -> str:
    """A row for each kind of work, with ratios to the limits; bold: within what must be."""
    floor = found["limits"]["page"]["cpu"]
    lines = [
        (
            "| work | CPU ms | must | aim | × empty page | requests/s | median ms | p99 ms "
            "| statements | KB |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for work in WORKS:
        each = found["works"].get(work.key)
        if each is None:
            continue
        lines.append(
            f"| {work.title} | {_judged(each['cpu'], work.must)} | {_goal(work.must)} "
            f"| {_goal(work.aim)} "
            f"| {each['cpu'] / floor:.1f} | {each['a_second']:,.0f} | {each['median']:.1f} "
            f"| {each['p99']:.1f} | {found['statements'].get(work.key, '')} "
            f"| {each['bytes'] / 1024:.1f} |"
        )
    return "\n".join(lines)


def _judged(cpu: float, must: float | None) -> str:
    return f"**{cpu:.2f}**" if must is not None and cpu <= must else f"{cpu:.2f}"


def _goal(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def chart(found: dict[str, Any]) -> str:
    """Bars of CPU time as a share of what is allowed, with a mark at the aim."""
    rows = [(work, found["works"][work.key]) for work in WORKS if work.key in found["works"]]
    height = _ROW * len(rows) + 40
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _BAR + 110} {height}" '
            'font-family="sans-serif" font-size="13" role="img" '
            'aria-label="CPU time of each kind of work as a share of what is allowed">'
        ),
        (
            f'<rect width="100%" height="100%" fill="#fff"/><text x="{_LEFT}" y="18" fill="#555">'
            "0 to the most allowed (right edge); the line is the aim</text>"
        ),
    ]
    for number, (work, each) in enumerate(rows):
        top = 30 + number * _ROW
        must = work.must or each["cpu"]
        share = min(1.0, each["cpu"] / must)
        color = "#8a1c3b" if each["cpu"] > must else "#4b2e83"
        if work.aim and each["cpu"] <= work.aim:
            color = "#2f6f4f"
        parts.append(
            f'<text x="{_LEFT - 8}" y="{top + 15}" text-anchor="end" fill="#222">'
            f"{escape(work.title)}</text>"
            f'<rect x="{_LEFT}" y="{top + 3}" width="{_BAR}" height="16" fill="#eee"/>'
            f'<rect x="{_LEFT}" y="{top + 3}" width="{_BAR * share:.0f}" height="16" '
            f'fill="{color}"/>'
            f'<text x="{_LEFT + _BAR + 8}" y="{top + 15}" fill="#222">{each["cpu"]:.2f} ms</text>'
        )
        if work.aim:
            at = _LEFT + _BAR * work.aim / must
            parts.append(
                f'<line x1="{at:.0f}" x2="{at:.0f}" y1="{top}" y2="{top + 22}" stroke="#222"/>'
            )
    return "\n".join([*parts, "</svg>", ""])
