"""``python -m bench.serving.explain --database URL --keep FOLDER``: how every main read is planned.

On a database that is filled already (or on one of 2,000 learners that it makes), each work of the
benchmark, the other pages, the office, programs, jobs and checks run once; PostgreSQL explains
every statement with its real values. The report says what each reads, and flags what reads too
much.
"""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.serving.plans import LARGE_TABLE, MANY_BUFFERS, SMALL, WASTE, in_short
from bench.serving.runs import RESULTS, found_inside, let_it_settle, prepare, rows_in
from bench.serving.site import database, environment, generate, run


def main() -> None:
    """One report."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, database(options.database) as url:
        settings = environment(Path(options.keep or folder), url)
        if not options.database:
            generate(settings, learners=2_000, courses=100)
            let_it_settle(url)
        run("setup", settings=settings)
        prepared = prepare(settings, Path(folder), 4)
        found = found_inside("explaining", settings, Path(folder), prepared)
        found["rows"] = rows_in(url)
    page = Path(options.report)
    page.write_text(report(found))
    print(f"{page}: {len(_flagged(found))} statements of {_count(found)} are flagged.")


def report(found: dict[str, Any]) -> str:
    """The page in Markdown."""
    sizes = sorted(found["sizes"].items(), key=lambda each: -each[1])[:12]
    large = ", ".join(f"{table} {size:,}" for table, size in sizes)
    parts = [
        f"""# How the main reads are planned

By `python -m bench.serving.explain` on {datetime.now(UTC):%B %d, %Y}, {found["rows"]:,} rows
({large}). Each work ran once; each of its distinct statements was explained with its values by
`EXPLAIN (ANALYZE, BUFFERS)`, those whose plans are kept with the kept plan. Rows are of one
execution, pages are of 8 kB, milliseconds are the clock's on a machine that did other things too.
Flagged: a table of more than {LARGE_TABLE:,} rows read whole; a node that reads over {WASTE} times
the rows it gives, and more than {SMALL}; a statement that touches over {MANY_BUFFERS:,} pages.
Checks (I1 to I12) read all rows on purpose, once a night.

## Flagged

| where | statement | rows | pages | ms | what |
|---|---|---:|---:|---:|---|"""
    ]
    parts += [
        f"| {title} | `{_cell(each['sql'])}` | {each['rows']:,} | {each['buffers']:,} "
        f"| {each['milliseconds']:,.1f} | {'; '.join(each['flags'])} |"
        for title, each in _flagged(found)
    ]
    for title, work in found["works"].items():
        told = f" ({work['ended']})" if work["ended"] else ""
        parts.append(f"\n## {title}{told}\n")
        if not work["statements"]:
            parts.append("Nothing was asked.")
            continue
        parts += ["| statement | nodes and rows | rows | pages | ms |", "|---|---|---:|---:|---:|"]
        parts += [
            f"| {'**!** ' if each['flags'] else ''}`{_cell(each['sql'])}` | {each['nodes']} "
            f"| {each['rows']:,} | {each['buffers']:,} | {each['milliseconds']:,.1f} |"
            for each in work["statements"]
        ]
    return "\n".join(parts) + "\n"


def _flagged(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Each statement once, where it was met first."""
    met: dict[str, tuple[str, dict[str, Any]]] = {}
    for title, work in found["works"].items():
        for each in work["statements"]:
            if each["flags"]:
                met.setdefault(each["sql"], (title, each))
    return list(met.values())


def _count(found: dict[str, Any]) -> int:
    return len({each["sql"] for work in found["works"].values() for each in work["statements"]})


def _cell(statement: str) -> str:
    return in_short(statement).replace("|", "\\|").replace("`", "'")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.serving.explain", description=__doc__)
    parser.add_argument("--database", default="", help="URL of a cluster that is filled")
    parser.add_argument("--keep", default="", help="the data folder of that database")
    parser.add_argument("--report", default=str(RESULTS / "explain.md"), help="where it goes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
