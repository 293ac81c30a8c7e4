"""Folders of rule packs whose figures a test changes."""

from pathlib import Path

import pytest

from aliquot.credentials import data
from aliquot.credentials.data import Library

SHIPPED = Path(data.__file__).parent
FROM_2027 = """\
  - renewals_from: 2027-01-01
    what_changed: "The total goes from 36 to 40 points; the points of any area from 26 to 30."
    total: 40
    minima:
      - {id: safety, title: Safety, points: 1, any_of: [safety_lab, safety_patient]}
      - {id: ethics, points: 2, any_of: [ethics]}
      - {id: blood_bank, points: 2, any_of: [blood_bank]}
      - {id: chemistry, points: 2, any_of: [chemistry]}
      - {id: hematology, points: 2, any_of: [hematology]}
      - {id: microbiology, points: 2, any_of: [microbiology]}
    remainder: 29
    remainder_areas: any
    sources: [S14]
    confirmed: "yes"

"""


class Packs:
    """A library of some shipped packs, in force for one test."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._monkeypatch = folder, monkeypatch
        for name in ("ascp_mls", "ascp_mlt"):
            self._write(name, (SHIPPED / "packs" / f"{name}.yaml").read_text())
        self._put_in_force()

    def change(self, name: str, old: str, new: str) -> None:
        """A release in which a pack says something else."""
        text = (self._folder / f"{name}.yaml").read_text()
        assert text.count(old) >= 1
        self._write(name, text.replace(old, new))
        self._put_in_force()

    def ask_for_40_points_from_2027(self) -> None:
        """MLS(ASCP): four points more for cycles that end in 2027 or later."""
        self.change(
            "ascp_mls",
            "rule_sets:\n  - renewals_from: 2023-01-01\n",
            f"rule_sets:\n{FROM_2027}  - renewals_from: 2023-01-01\n    renewals_to: 2026-12-31\n",
        )

    def _write(self, name: str, text: str) -> None:
        (self._folder / f"{name}.yaml").write_text(text)

    def _put_in_force(self) -> None:
        library = Library(self._folder, sources=SHIPPED / "sources.yaml")
        self._monkeypatch.setattr(data, "shipped", lambda: library)
