"""The table of docs/rules/mutants.md: what became of each mutant that `mutmut run` has tried."""

import json
from collections import Counter
from pathlib import Path

KILLED, SURVIVED, UNTESTED = {1, 3}, {0}, {33, None}


def main() -> None:
    print("| module | mutants | killed | out of time | lived | score |")
    print("|---|---:|---:|---:|---:|---:|")
    sums: Counter[str] = Counter()
    for path in sorted(Path("mutants/aliquot").rglob("*.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].values()
        if codes:
            name = path.relative_to("mutants").as_posix().removesuffix(".meta")
            counts = Counter(_fate(code) for code in codes)
            sums += counts
            _print_row(f"`{name}`", counts)
    _print_row("all", sums)


def _fate(code: int | None) -> str:
    if code in KILLED:
        return "killed"
    return "lived" if code in SURVIVED | UNTESTED else "out of time"


def _print_row(name: str, counts: Counter[str]) -> None:
    total, lived = counts.total(), counts["lived"]
    score = (total - lived) * 100 / total if total else 0
    print(
        f"| {name} | {total} | {counts['killed']} | {counts['out of time']} | {lived} "
        f"| {score:.1f} % |"
    )


if __name__ == "__main__":
    main()
