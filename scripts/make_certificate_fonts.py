"""Make the fonts that documents are drawn with, in `aliquot/infra/data/fonts/`.

Run by hand when a font is renewed:

    .venv/bin/python scripts/make_certificate_fonts.py FOLDER

FOLDER holds, unpacked: the npm packages `@fontsource-variable/atkinson-hyperlegible-next` and
`@fontsource-variable/literata` (their `package` folders, named `atkinson` and `literata`), and
`noto`: all font files of the Debian packages `fonts-noto-cjk` and `fonts-noto-core` (`apt-get
download`, then `dpkg -x`). Needs fonttools and brotli of the development requirements.

typst reads TrueType and OpenType, not WOFF2, and takes one file per family and style: so the parts
of Literata (Latin, Greek, Cyrillic, Vietnamese) are pinned to one weight and merged. The Chinese,
Japanese and Korean characters are those of the old national character sets, which hold what names
are written with: GB 2312, Big5, JIS X 0208 and KS X 1001. All fonts are under the SIL Open Font
License 1.1 without reserved names; the licenses lie beside the files.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools import merge, subset
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.varLib import instancer
from make_fonts import plain_zero

FONTS = Path(__file__).resolve().parent.parent / "aliquot" / "infra" / "data" / "fonts"
FAMILY = "Atkinson Hyperlegible Next"
SCRIPTS = (
    "NotoNaskhArabic",
    "NotoSerifArmenian",
    "NotoSerifBengali",
    "NotoSerifDevanagari",
    "NotoSerifEthiopic",
    "NotoSerifGeorgian",
    "NotoSerifGujarati",
    "NotoSerifGurmukhi",
    "NotoSerifHebrew",
    "NotoSerifKannada",
    "NotoSerifKhmer",
    "NotoSerifLao",
    "NotoSerifMalayalam",
    "NotoSerifMyanmar",
    "NotoSerifSinhala",
    "NotoSerifTamil",
    "NotoSerifTelugu",
    "NotoSerifThai",
    "NotoSerifTibetan",
)
NOTO_COPYRIGHT = """Noto Serif, Noto Naskh Arabic: Copyright 2010-2020 Google LLC (https://github.com/notofonts)
Noto Serif CJK: © 2017-2022 Adobe (http://www.adobe.com/)

"""
EPOCH = "1767225600"  # 2026-01-01: the same input makes the same file


def named(font: Any, *, family: str, weight: int) -> Any:
    """Name the font, so that typst finds it as this family and weight."""
    style = {400: "Regular", 600: "SemiBold", 700: "Bold"}[weight]
    names = font["name"]
    for key in (16, 17, 21, 22, 25):
        names.removeNames(nameID=key)
    for key, text in (
        (1, family),
        (2, style),
        (4, f"{family} {style}"),
        (6, f"{family} {style}".replace(" ", "")),
    ):
        names.removeNames(nameID=key)
        names.setName(text, key, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsType = 0  # installable: the license allows embedding
    return font


def cut(font: Any, unicodes: Iterable[int], features: str = "*") -> Any:
    """Keep these characters, with all shaping they need and no hinting."""
    options = subset.Options()
    options.layout_features = features.split()
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG", "STAT", "meta"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(unicodes))
    subsetter.subset(font)
    return font


def save(font: Any, name: str) -> None:
    """Write a font file and say how large it is."""
    font.save(FONTS / name)
    print(f"{name}: {(FONTS / name).stat().st_size / 1024:.0f} KB")


def joined(
    parts: list[Path],
    axes: dict[str, float],
    target: str,
    *,
    family: str,
    weight: int,
    zero: bool = False,
) -> None:
    """Pin the axes of each part and merge them; a character stays with the first part that has it.

    ``zero`` redraws a slashed zero without its slash, as the pages do.
    """
    seen: set[int] = set()
    files = []
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(parts):
            font: Any = TTFont(path)
            if zero and number == 0:
                plain_zero(font)
            font = instancer.instantiateVariableFont(font, axes)
            font.flavor = None
            own = set(font.getBestCmap()) - seen
            seen |= own
            for table in ("STAT", "DSIG", "gasp", "fpgm", "prep", "cvt "):
                if table in font:
                    del font[table]
            files.append(f"{folder}/{number}.ttf")
            cut(font, own).save(files[-1])
        whole = merge.Merger().merge(files) if len(files) > 1 else TTFont(files[0])
        save(named(whole, family=family, weight=weight), target)


def legacy_characters() -> set[int]:
    """What the character sets of China, Taiwan, Japan and Korea can write, and wide forms."""
    found = (
        set(range(0x3000, 0x3040))
        | set(range(0x3040, 0x3100))
        | set(range(0xFF01, 0xFF9F))
        | set(range(0x3105, 0x3130))
    )
    for codec in ("gb2312", "big5", "shift_jis", "euc_kr"):
        for high in range(0x81, 0xFF):
            for low in range(0x40, 0xFF):
                try:
                    text = bytes((high, low)).decode(codec)
                except UnicodeDecodeError:
                    continue
                found |= {ord(character) for character in text}
    found |= {
        ord(character)
        for character in "镕喆堃珺祎媖淏翀玥湉璟炜昇晞晧煊瑄瑀瑨璠璘璆嬿陞堉峯犇淼垚囍〇髙﨑濵栁"
    }
    return {code for code in found if code >= 0x2E80}


def main(folder: Path) -> None:
    """Make every font of documents."""
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    FONTS.mkdir(parents=True, exist_ok=True)
    atkinson, literata = folder / "atkinson" / "files", folder / "literata" / "files"
    name = "atkinson-hyperlegible-next"
    plain = [atkinson / f"{name}-{part}-wght-normal.woff2" for part in ("latin", "latin-ext")]
    joined(
        plain,
        {"wght": 400},
        "AtkinsonHyperlegibleNext-Regular.ttf",
        family=FAMILY,
        weight=400,
        zero=True,
    )
    joined(
        plain,
        {"wght": 700},
        "AtkinsonHyperlegibleNext-Bold.ttf",
        family=FAMILY,
        weight=700,
        zero=True,
    )
    parts = ("latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext")
    upright = [literata / f"literata-{part}-opsz-normal.woff2" for part in parts]
    joined(
        upright, {"wght": 400, "opsz": 14}, "Literata-Regular.ttf", family="Literata", weight=400
    )
    joined(
        upright, {"wght": 560, "opsz": 36}, "Literata-SemiBold.ttf", family="Literata", weight=600
    )
    noto = {path.name: path for path in (folder / "noto").rglob("*") if path.is_file()}
    for script in SCRIPTS:
        font = TTFont(noto[f"{script}-Regular.ttf"])
        save(cut(font, font.getBestCmap()), f"{script}.ttf")
    wide = TTCollection(str(noto["NotoSerifCJK-Regular.ttc"])).fonts
    chinese = next(font for font in wide if font["name"].getDebugName(1) == "Noto Serif CJK SC")
    chinese = cut(
        chinese, legacy_characters(), "ccmp ljmo vjmo tjmo"
    )  # without the forms of other regions and of columns
    runs = CmapSubtable.newSubtable(12)  # too many runs of characters for a table of format 4
    runs.platformID, runs.platEncID, runs.language, runs.cmap = 3, 10, 0, chinese.getBestCmap()
    chinese["cmap"].tables = [runs]
    save(named(chinese, family="Noto Serif CJK SC", weight=400), "NotoSerifCJK.otf")
    for source, target in (("atkinson", "AtkinsonHyperlegibleNext"), ("literata", "Literata")):
        shutil.copy(folder / source / "LICENSE", FONTS / f"{target}.OFL.txt")
    terms = (
        (folder / "literata" / "LICENSE")
        .read_text(encoding="utf-8")
        .partition("This Font Software")
    )
    (FONTS / "Noto.OFL.txt").write_text(NOTO_COPYRIGHT + "".join(terms[1:]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
