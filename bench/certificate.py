"""How long a certificate takes to draw when the engine is warm: median, 95 of 100, worst.

Run by hand: .venv/bin/python bench/certificate.py [COUNT]. Promise: below 50 ms each. Processor
time is what counts: on a busy machine the clock measures the neighbors.
"""

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import tests.environment  # noqa: F401  # sets what settings want

AT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def main(count: int) -> None:
    import django

    django.setup()
    from aliquot.certificates.adapters import documents
    from tests.factories.certificates import LONG_NAMES, content

    def milliseconds(name: str) -> tuple[float, float]:
        """Processor time and time by the clock."""
        record = content(participant={"name": name, "licenses": []})
        start, spent = time.perf_counter(), time.process_time()
        documents.certificate_pdf(content=record, design=1, issued_at=AT, paper="letter")
        return (time.process_time() - spent) * 1000, (time.perf_counter() - start) * 1000

    print(f"cold: {milliseconds('Rosa Méndez')[0]:.1f} ms")
    for kind, name in {"short name": "Rosa Méndez", **LONG_NAMES}.items():
        # Another name each time: the engine remembers what it drew before.
        both = [milliseconds(f"{name[:195]} {number}") for number in range(count)]
        times = sorted(processor for processor, _ in both)
        clock = statistics.median(by_clock for _, by_clock in both)
        print(
            f"{kind}: median {statistics.median(times):.1f} ms, "
            f"95 of 100 below {times[int(count * 0.95) - 1]:.1f} ms, worst {times[-1]:.1f} ms "
            f"(median by the clock {clock:.1f} ms)"
        )


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aliquot.settings")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
