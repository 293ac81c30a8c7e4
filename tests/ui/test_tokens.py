"""Colors of both themes reach AA; what is shipped stays within its budgets."""

import gzip
import re
from pathlib import Path

import pytest

from aliquot.ui.contrast import accent, contrast, is_color
from aliquot.ui.stoppers import STOPPERS, area_name, stopper_of

UI = Path("aliquot/ui")
STATIC = UI / "static" / "ui"
CORE = (STATIC / "css" / "core.css").read_text(encoding="utf-8")


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))


THEMES = {
    "light": tokens(CORE.split("@media (prefers-color-scheme: dark)")[0]),
    "dark": tokens(CORE.split(':root[data-theme="dark"] {')[1]),
}
TEXT = [
    *((ink, paper) for ink in ("ink", "ink-quiet", "link", "action") for paper in (
        "paper", "surface", "surface-tint", "surface-sunk")),
    ("ink", "action-quiet"), ("action", "action-quiet"),
    ("ink-on-action", "action"), ("ink-on-action", "action-hover"), ("ink-on-action", "danger"),
    *((kind, paper) for kind in ("success", "warning", "danger") for paper in (
        "paper", "surface", f"{kind}-tint")),
    ("ink", "success-tint"), ("ink", "warning-tint"), ("ink", "danger-tint"),
    ("ink-quiet", "success-tint"), ("ink-quiet", "warning-tint"), ("ink-quiet", "danger-tint"),
    ("ink-quiet", "track"),
]  # fmt: skip
SHAPES = [
    *((shape, paper) for shape in ("line-field", "focus") for paper in ("paper", "surface")),
    ("progress", "surface"),
    ("action", "track"),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_reads_on_its_background(theme: str, ink: str, paper: str) -> None:
    colors = THEMES[theme]
    assert contrast(colors[ink], colors[paper]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "paper"), SHAPES)
def test_shapes_that_carry_meaning_stand_out(theme: str, shape: str, paper: str) -> None:
    colors = THEMES[theme]
    assert contrast(colors[shape], colors[paper]) >= 3


def test_the_dark_theme_is_the_same_by_system_and_by_choice() -> None:
    by_system = CORE.split(':root:not([data-theme="light"]) {')[1].split("}")[0]
    by_choice = CORE.split(':root[data-theme="dark"] {')[1].split("}")[0]
    assert by_system.split() == by_choice.split()


@pytest.mark.parametrize("theme", THEMES)
def test_every_stopper_has_a_color_of_its_own(theme: str) -> None:
    colors = [THEMES[theme]["stopper-" + name.replace("_", "-")] for name in STOPPERS]
    assert len(set(colors)) == len(STOPPERS) == 11


def test_areas_wear_their_stopper() -> None:
    worn = {area: stopper_of(area) for area in ("safety_patient", "virology", "remainder", "")}
    assert worn == {
        "safety_patient": "safety",
        "virology": "microbiology",
        "remainder": "any",
        "": "any",
    }
    assert stopper_of("coagulation") == "coagulation"
    assert stopper_of("blood-bank") == "blood_bank"
    assert (area_name("blood_bank"), area_name("remainder")) == ("Blood bank", "Any area")


@pytest.mark.parametrize("color", ["#ffff00", "#000000", "#d6457f", "#ffffff", "#4b2c84"])
def test_a_provider_s_accent_is_moved_until_it_reads(color: str) -> None:
    made = accent(color)
    assert contrast(made.light, "#ffffff") >= 4.5
    assert contrast(made.light_ink, made.light) >= 4.5
    assert contrast(made.dark, "#1f1b2a") >= 4.5
    assert contrast(made.dark_ink, made.dark) >= 4.5


def test_a_readable_accent_stays_as_it_is() -> None:
    assert accent("#4b2c84").light == "#4b2c84"


def test_an_accent_that_is_no_color_is_refused() -> None:
    assert not is_color("red; } body { display: none")
    with pytest.raises(ValueError, match="write it as #rrggbb"):
        accent("red")


def kilobytes(files: list[Path], *, compress: bool = True) -> float:
    contents = [file.read_bytes() for file in files]
    return sum(len(gzip.compress(text) if compress else text) for text in contents) / 1024


def test_styles_and_scripts_stay_within_their_budgets() -> None:
    assert kilobytes(list(STATIC.rglob("*.css"))) <= 25
    assert kilobytes(list(STATIC.rglob("*.js"))) <= 40


def test_fonts_of_a_cold_page_stay_within_their_budget() -> None:
    fonts = [STATIC / "fonts" / f"{name}.woff2" for name in (
        "interface", "heading", "reading", "reading-italic")]  # fmt: skip
    assert kilobytes(fonts, compress=False) <= 60


def test_each_font_comes_with_its_license() -> None:
    names = {file.name for file in (STATIC / "fonts").glob("*.txt")}
    assert names == {"atkinson-hyperlegible-next.OFL.txt", "literata.OFL.txt"}


TEMPLATES = [
    file for folder in ("ui", "web", "staff") for file in Path("aliquot", folder).rglob("*.html")
]


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_no_template_needs_what_the_security_policy_forbids(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert 'nonce="{{ csp_nonce }}"' in tag or 'type="application/' in tag
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//(?!\{)", text)
