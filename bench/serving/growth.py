"""``python -m bench.serving.growth``: the same work on a small and on a large site, in turns.

A virtual machine changes its speed by half within minutes. Two figures measured in turns, a second
apart, were measured at the same speed: their ratio tells growth where two runs could not.
"""

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.serving import processes
from bench.serving.runs import RESULTS, let_it_settle, one_run, prepare, rows_in, warm_up
from bench.serving.site import Site, database, environment, generate, run, serving
from bench.serving.works import WORKS, Work
from tests.ports import free_port

ROUNDS = 6
FLAT = 1.2  # the most that may be grown


@dataclass
class Sized:
    """A site with so many learners, and what is known of it."""

    learners: int
    generated_in: float
    rows: int
    prepared: dict[str, Any]
    site: Site


def main() -> None:
    """Both sites, every work in turns, and the report."""
    options = _options()
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "courses": options.courses, "cores": os.cpu_count(), "rounds": ROUNDS,
    }  # fmt: skip
    with ExitStack() as stack:
        stack.enter_context(processes.awake())
        sites = [
            stack.enter_context(_sized(learners, options.courses, url))
            for learners, url in (
                (options.small, options.small_database), (options.large, options.large_database),
            )
        ]  # fmt: skip
        found["load_before"] = os.getloadavg()[0]
        found["sites"] = [
            {"learners": each.learners, "rows": each.rows, "generated_in": each.generated_in}
            for each in sites
        ]
        found["works"] = [
            _compared(work, sites)
            for work in WORKS
            if not options.only or work.key in options.only
        ]  # fmt: skip
        for told, each in zip(found["sites"], sites, strict=True):
            told["memory"] = processes.proportional_bytes(*each.site.roots)
        found["load_after"] = os.getloadavg()[0]
    if not options.only:
        target = RESULTS / "growth"
        target.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
        target.with_suffix(".md").write_text(page(found))
    print(table(found))


@contextmanager
def _sized(learners: int, courses: int, given: str) -> Iterator[Sized]:
    """A site with so many learners: generated, or as it is in a database that is given."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, database(given) as url:
        settings = environment(Path(folder), url)
        seconds = 0.0
        if not given:
            seconds = generate(settings, learners=learners, courses=courses)
            print(f"{learners:,} learners generated in {seconds:.0f} s", flush=True)
            let_it_settle(url)
        run("setup", settings=settings)
        prepared = prepare(settings, Path(folder), 1)
        with serving(settings, port=free_port()) as site:
            yield Sized(learners, round(seconds, 1), rows_in(url), prepared, site)


def _compared(work: Work, sites: list[Sized]) -> dict[str, Any]:
    """CPU milliseconds of one unit on each site, and how many times the one is the other."""
    units = [work.make(each.prepared) for each in sites]
    count = max(5, work.units // 2)
    for each, mine in zip(sites, units, strict=True):
        warm_up(work, each.site, mine)
    taken: list[list[float]] = [[], []]
    for number in range(ROUNDS):
        for which in (0, 1) if number % 2 else (1, 0):
            _, milliseconds = one_run(work, sites[which].site, islice(units[which], count))
            taken[which].append(milliseconds)
    ratios = [large / small for small, large in zip(*taken, strict=True)]
    told = {
        "key": work.key, "title": work.title, "must": work.must,
        "small": statistics.median(taken[0]), "large": statistics.median(taken[1]),
        "ratio": statistics.median(ratios), "ratios": ratios,
    }  # fmt: skip
    print(f"{work.title:32}{told['small']:8.2f}{told['large']:8.2f} ms of CPU", flush=True)
    return told


def page(found: dict[str, Any]) -> str:
    """The report in Markdown."""
    small, large = found["sites"]
    return f"""# From {small["learners"]:,} to {large["learners"]:,} learners

Measured {found["at"]} by `python -m bench.serving.growth`: both sites in the production profile on
PostgreSQL with fsync on, {found["courses"]:,} courses each, {small["rows"]:,} and {large["rows"]:,}
rows; each work in turns, {found["rounds"]} rounds; CPU milliseconds of all processes of a site for
one unit, medians. Load {found["load_before"]:.1f} before and {found["load_after"]:.1f} after on
{found["cores"]} cores. The large site was generated in {large["generated_in"]:,.0f} s.

{table(found)}

Bold: grown by more than a fifth. Memory of all processes (PSS) at the end:
{small["memory"] / 1e6:,.0f} and {large["memory"] / 1e6:,.0f} MB.
"""


def table(found: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    small, large = (f"{each['learners']:,}" for each in found["sites"])
    lines = [
        f"| work | {small} learners | {large} learners | × | rounds |",
        "|---|---:|---:|---:|---|",
    ]
    for each in found["works"]:
        ratio = f"{each['ratio']:.2f}"
        shown = f"**{ratio}**" if each["ratio"] > FLAT else ratio
        low, high = min(each["ratios"]), max(each["ratios"])
        figures = f"{each['small']:.2f} | {each['large']:.2f} | {shown} | {low:.2f} to {high:.2f}"
        lines.append(f"| {each['title']} | {figures} |")
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.serving.growth", description=__doc__)
    parser.add_argument("--small", type=int, default=1_000, help="learners of the small site")
    parser.add_argument("--large", type=int, default=1_000_000, help="learners of the large one")
    parser.add_argument("--courses", type=int, default=1_000)
    parser.add_argument("--small-database", default="", help="URL of a cluster that is filled")
    parser.add_argument("--large-database", default="", help="URL of a cluster that is filled")
    parser.add_argument("--only", nargs="*", default=[], help="keys of works; no report")
    return parser.parse_args()


if __name__ == "__main__":
    main()
