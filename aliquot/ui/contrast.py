"""Contrast of colors by WCAG 2.2, and a provider's accent made safe to use.

Pure functions on "#rrggbb". Ratio and luminance are those of WCAG 2.2: "relative luminance",
"contrast ratio".
"""

import re
from typing import NamedTuple

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
AA_TEXT = 4.5
AT_NIGHT = 6.5  # a color that only just reads looks dull on a dark page
PAPER_LIGHT = "#ffffff"
PAPER_DARK = "#1f1b2a"
INK_ON_DARK = "#17131f"


class Accent(NamedTuple):
    """A provider's color for the light and the dark theme, each with what is written on it."""

    light: str
    light_ink: str
    dark: str
    dark_ink: str


def is_color(text: str) -> bool:
    """Whether the text is a color in the form "#rrggbb"."""
    return bool(_HEX.fullmatch(text))


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _mixed(color: str, target: int, share: float) -> str:
    return "#" + "".join(
        f"{round(channel + (target - channel) * share):02x}" for channel in _channels(color)
    )


def _until_readable(color: str, paper: str, *, target: int, ratio: float) -> str:
    """The color moved toward black (0) or white (255) until text in it reads on the paper."""
    for step in range(101):
        candidate = _mixed(color, target, step / 100)
        if contrast(candidate, paper) >= ratio:
            return candidate
    return _mixed(color, target, 1)


def accent(color: str) -> Accent:
    """A provider's color, darkened for the light theme, lightened for the dark one, until it reads.

    Raises ValueError when the text is no "#rrggbb".
    """
    if not is_color(color):
        message = f"{color!r} is not a color; write it as #rrggbb"
        raise ValueError(message)
    return Accent(
        light=_until_readable(color, PAPER_LIGHT, target=0, ratio=AA_TEXT),
        light_ink=PAPER_LIGHT,
        dark=_until_readable(color, PAPER_DARK, target=255, ratio=AT_NIGHT),
        dark_ink=INK_ON_DARK,
    )
