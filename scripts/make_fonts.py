"""Make the web fonts in `aliquot/ui/static/ui/fonts/`; run by hand when a font is renewed.

    .venv/bin/python scripts/make_fonts.py FOLDER

FOLDER holds the unpacked npm packages `@fontsource-variable/atkinson-hyperlegible-next` and
`@fontsource-variable/literata` (their `package` folders, named `atkinson` and `literata`). The
weights and sizes that no page uses are cut away, and Atkinson's slashed zero gives way to a plain
one, since Literata has a plain zero: one style of zero. Both licenses (SIL OFL 1.1, no reserved
names) allow it.
"""

import sys
from pathlib import Path
from typing import Any

LATIN = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2009,U+200A,U+2010-2015,"
    "U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+2122,U+2212"
)
READING = (
    "U+0020-007E,U+00A0,U+00A9,U+00AB,U+00AE,U+00B0-00B3,U+00B5,U+00B7,U+00BB-00BD,U+00C0-00FF,U+0131,U+0152-0153,U+2009,"
    "U+2010-2014,U+2018-201D,U+2022,U+2026,U+202F,U+2032,U+2122,U+2212"
)
NAMES_IN_ITALICS = (
    "U+0020-003B,U+0041-005A,U+0061-007A,U+00A0,U+2019"  # Escherichia coli, (sub)species, titles
)
EXTENDED = "U+0100-02C5,U+02C7-02D9,U+1E00-1EFF"
FONTS = Path(__file__).resolve().parent.parent / "aliquot" / "ui" / "static" / "ui" / "fonts"


def plain_zero(font: Any) -> None:
    """Redraw the zero without its slash: the counter becomes the outer oval, shrunk to its box."""
    glyphs, name = font["glyf"], "zero"
    glyph = glyphs[name]
    points = list(glyph.getCoordinates(glyphs)[0])
    flags = list(glyph.flags)
    variations = font["gvar"].variations[name]
    outer = range(glyph.endPtsOfContours[0] + 1)

    def oval(at: list[tuple[float, float]]) -> list[tuple[int, int]]:
        inner = at[len(outer) :]
        box = [
            [pick(p[axis] for p in part) for part in ([at[i] for i in outer], inner)]
            for axis in (0, 1)
            for pick in (min, max)
        ]
        (left, in_left), (right, in_right), (low, in_low), (high, in_high) = box

        def place(value: float, start: float, end: float, to_start: float, to_end: float) -> int:
            return round(to_start + (value - start) / (end - start) * (to_end - to_start))

        return [
            (place(x, left, right, in_left, in_right), place(y, low, high, in_low, in_high))
            for x, y in (at[i] for i in reversed(outer))
        ]

    drawn = [points[i] for i in outer] + oval(points)
    for variation in variations:
        moved = [
            (x + dx, y + dy)
            for (x, y), (dx, dy) in zip(points, variation.coordinates, strict=False)
        ]
        redrawn = [moved[i] for i in outer] + oval(moved)
        variation.coordinates = [
            (x - x0, y - y0) for (x, y), (x0, y0) in zip(redrawn, drawn, strict=True)
        ] + list(variation.coordinates[-4:])
    from fontTools.ttLib.tables._g_l_y_f import GlyphCoordinates

    glyph.coordinates = GlyphCoordinates([(round(x), round(y)) for x, y in drawn])
    glyph.flags = bytearray([flags[i] for i in outer] + [flags[i] for i in reversed(outer)])
    glyph.endPtsOfContours = [len(outer) - 1, 2 * len(outer) - 1]
    glyph.numberOfContours = 2


def make(
    source: Path,
    target: str,
    *,
    axes: dict[str, Any],
    unicodes: str,
    zero: bool = False,
    features: str = "kern liga ccmp locl mark mkmk tnum",
) -> None:
    """Write one subset: the axes limited or pinned, only the given characters and features."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font: Any = TTFont(source)
    if zero:
        plain_zero(font)
    font = instancer.instantiateVariableFont(font, axes)
    if "gvar" in font:  # the subsetter wants an entry for glyphs that do not vary, too
        for name in font.getGlyphOrder():
            font["gvar"].variations.setdefault(name, [])
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = features.split()
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(unicodes))
    subsetter.subset(font)
    subset.save_font(font, str(FONTS / target), options)
    print(f"{target}: {(FONTS / target).stat().st_size / 1024:.1f} KB")


def main(folder: Path) -> None:
    """Make every font of the interface."""
    atkinson, literata = folder / "atkinson" / "files", folder / "literata" / "files"
    name = "atkinson-hyperlegible-next"
    interface: dict[str, Any] = {"wght": (400, 700)}
    heading, text = {"opsz": 36, "wght": 540}, {"opsz": 16, "wght": 400}
    upright, extended = "literata-latin-opsz-normal.woff2", "literata-latin-ext-opsz-normal.woff2"
    make(
        atkinson / f"{name}-latin-wght-normal.woff2",
        "interface.woff2",
        axes=interface,
        unicodes=LATIN,
        zero=True,
    )
    make(
        atkinson / f"{name}-latin-ext-wght-normal.woff2",
        "interface-extended.woff2",
        axes=interface,
        unicodes=EXTENDED,
    )
    make(literata / upright, "heading.woff2", axes=heading, unicodes=READING)
    make(literata / extended, "heading-extended.woff2", axes=heading, unicodes=EXTENDED)
    make(literata / upright, "reading.woff2", axes=text, unicodes=READING)
    make(literata / extended, "reading-extended.woff2", axes=text, unicodes=EXTENDED)
    make(
        literata / "literata-latin-opsz-italic.woff2",
        "reading-italic.woff2",
        axes=text,
        unicodes=NAMES_IN_ITALICS,
        features="ccmp",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
