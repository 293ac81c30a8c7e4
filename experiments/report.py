"""Results as tables in ``experiments/results``, with date, machine and counts."""

import os
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def write(name: str, title: str, words: str, rows: list[dict[str, object]]) -> None:
    """One Markdown page; the table's columns are the keys of the first row."""
    heads = list(rows[0])
    table = [
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
        *("| " + " | ".join(str(row[head]) for head in heads) + " |" for row in rows),
    ]
    day, load = f"{datetime.now(tz=UTC):%B %d, %Y}", os.getloadavg()[0]
    text = [
        f"# {title}",
        "",
        words,
        "",
        *table,
        "",
        (
            f"Run on {day}, {os.cpu_count()} cores, with a load of {load:.1f} at the end: other "
            "work ran on the machine."
        ),
        "",
    ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text("\n".join(text))
    print("\n".join(text))
