"""Compiled rows turned into rule packs through the one parser, for credentials not shipped yet."""

from datetime import date
from pathlib import Path
from typing import Any

from aliquot.credentials.data import Library, library
from aliquot.credentials.data.parsing import parse_pack
from aliquot.credentials.facts import Pack, Source
from aliquot.lib.packaged import read_yaml

HERE = Path(__file__).parent
COMPILED, NCA_BEFORE = date(2026, 11, 23), date(2004, 1, 1)
MONTHS = {"lic_jul1_even": ("07-01", 2), "lic_jul1_odd": ("07-01", 1), "lic_from": ("01-01", 0)}


class Rows(Library):
    """The shipped packs, and those made from the rows of a file."""

    def __init__(self, path: Path = HERE / "rows.yaml") -> None:
        rows = read_yaml(path)
        self._rows = {
            row["id"]: row for row in (rows if isinstance(rows, list) else rows["credentials"])
        }
        self._shipped = library()
        self.ids = tuple(sorted({*self._rows, *self._shipped.ids}))

    def pack(self, credential_id: str) -> Pack:
        if credential_id in self._shipped.ids:
            return self._shipped.pack(credential_id)
        row = self._rows[credential_id]
        cited = {f"S{n}": Source(f"S{n}", "a page", "a day") for n in range(1, 99)}
        return parse_pack(pack_of(row), name=credential_id, sources=cited)


def pack_of(row: dict[str, Any]) -> dict[str, Any]:
    """A compiled row in the format of a pack file."""
    is_ascp, is_license = row["body"] == "ASCP", row["id"].startswith("lic_")
    sources = row["sources"]
    pack: dict[str, Any] = {
        "schema": 1,
        "id": row["id"],
        "title": row["title"],
        "letters": row["title"],
        "body": row["body"],
        "kind": "license" if is_license else "certification",
        "unit": "points" if row["body"] in {"ASCP", "AMT"} else "hours",
        "last_verified": COMPILED,
        "participation": participation_of(row, is_ascp=is_ascp),
        "cycle": cycle_of(row),
        "rule_sets": [
            rule_set_of(row, row),
            *(rule_set_of(h, row) for h in reversed(row.get("history", []))),
        ],
    }
    for key in (
        "approvals_accepted", "approvals_apply_to", "excluded", "min_activity_hours",
        "duty_from_renewal", "retain_years", "carry_over", "annual_fee",
        "reexam_after_lapsed_years", "credential_valid_years", "note",
    ):  # fmt: skip
        if key in row:
            pack[key] = row[key]
    if is_ascp:
        pack["declaration"] = {
            "opens_days_before_end": 90,
            "closes_days_before_end": 30,
            "sources": ["S3"],
        }
        kinds = ["semester_hours", "quarter_hours"]
        pack["caps"] = [{"kinds": kinds, "fraction_of_total": "1/2", "sources": ["S5"]}]
    if row["id"] == "lic_fl":
        pack["finish_days_before_end"] = 30
    if "expired_rule" in row:
        rule = row["expired_rule"]
        pack["expired_rule"] = (
            {"months": 12 * rule["years"]} if "years" in rule
            else {"months": rule["within_months"], "total": rule["hours"]}
        )  # fmt: skip
    if "covid_work" in row:
        covid = row["covid_work"]
        pack["allowances"] = [
            {
                "kind": "covid_work", "at_most": covid["max"], "completed_from": covid["from"],
                "completed_to": covid["to"], "once": True, "sources": sources,
            }
        ]  # fmt: skip
    return pack


def participation_of(row: dict[str, Any], *, is_ascp: bool) -> dict[str, Any]:
    found = {"mandatory_from": row["mandatory_from"], "sources": row["sources"]}
    if "mandatory_from_international" in row:
        found["mandatory_from_international"] = row["mandatory_from_international"]
    if is_ascp:
        found["former_nca_before"] = NCA_BEFORE
    return found


def cycle_of(row: dict[str, Any]) -> dict[str, Any]:
    cycle: dict[str, Any] = {"years": row.get("cycle_years")}
    if "cycle_end" in row:
        day, _, years = row["cycle_end"].partition(" ")
        ends = {"on": day, "years": years.split()[0]} if years and "-" in day else {"on": day}
        cycle["ends"] = ends if "-" in day else {"years": day}
    if "ce_window" in row:
        cycle["evidence"] = row["ce_window"]
    return cycle


def rule_set_of(found: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """A rule set of a pack; ``found`` is the row itself or an entry of its history."""
    remainder = found["remainder"]
    areas = row["remainder_areas"]
    if remainder is None and areas == []:
        areas = None  # an empty list belongs to the row's own remainder of 0
    rule_set = {
        "total": found["total"],
        "minima": None if found["minima"] is None else [minimum_of(m) for m in found["minima"]],
        "remainder": remainder,
        "remainder_areas": areas,
        "sources": found["sources"],
        "confirmed": found["confirmed"],
        "what_changed": "compiled row",
    }
    for key in ("renewals_from", "renewals_to"):
        if key in found:
            rule_set[key] = found[key]
    if "minima_waived" in found:
        starts, ends = found["minima_waived"]["cycle_ends"]
        left = found["minima_waived"]["remainder"]
        waiver = {"ends_from": starts, "ends_to": ends, "remainder": left}
        rule_set["minima_waived_for_former_nca"] = waiver
    if found is row and "first_renewal" in row:
        rule_set["first_renewal"] = {"minima": [minimum_of(m) for m in row["first_renewal"]]}
    if found is row and "first_renewal_proration" in row:
        rule_set["first_renewal"] = {
            "proration": [
                {"licensed_from": day, "years_before_end": years, "total": total}
                for key, total in row["first_renewal_proration"].items()
                for start, (day, years) in MONTHS.items()
                if key.startswith(start)
            ]
        }
    return rule_set


def minimum_of(minimum: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in minimum.items() if key not in {"if", "per"}}
    if minimum.get("if") == "director_or_supervisor":
        found["if_roles"] = ["director", "supervisor"]
    if "per" in minimum:
        found["per"] = minimum["per"]
        del found["id"]
    return found
