"""How runs are told apart: one colour and one glyph a slot, and slots that stay with a run while others come
and go.

The colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which remain distinct under the
common colour vision deficiencies, without black and with two greys' worth of room added by a light violet
and a light brown; they are ordered so that neighbours differ in lightness too. The glyphs tell the lines
apart where colour cannot.
"""

from collections.abc import Iterable, Mapping

COLORS = (
    "#56b4e9",  # sky blue
    "#e69f00",  # orange
    "#2fbf93",  # bluish green, lightened for dark backgrounds
    "#cc79a7",  # reddish purple
    "#f0e442",  # yellow
    "#e8602c",  # vermilion, lightened for dark backgrounds
    "#4f8fd0",  # blue, lightened for dark backgrounds
    "#b9a3e3",  # light violet
    "#c4a484",  # light brown
    "#c8ccd4",  # light grey
)
LIGHT_COLORS = (
    "#0072b2",  # blue
    "#b35900",  # orange, darkened for light backgrounds
    "#007a59",  # bluish green, darkened
    "#a84a7d",  # reddish purple, darkened
    "#8a7d00",  # yellow, darkened
    "#c23b00",  # vermilion, darkened
    "#1f78b4",  # sky blue, darkened
    "#7256b8",  # violet
    "#7d5a36",  # brown
    "#565b66",  # grey
)
"""The same hues for light backgrounds, slot by slot, except that the two blues change places."""
GLYPHS = ("●", "◆", "▲", "■", "○", "◇", "△", "□", "▼", "▽")
ASCII_GLYPHS = ("o", "x", "+", "*", "#", "@", "%", "&", "$", "=")


def color(slot: int, dark: bool = True) -> str:
    """Return the colour of a slot on a dark or a light background; slots beyond the palette begin again."""
    colors = COLORS if dark else LIGHT_COLORS
    return colors[slot % len(colors)]


def glyph(slot: int, ascii_only: bool = False) -> str:
    """Return the one-cell glyph of a slot; slots beyond the palette begin again."""
    glyphs = ASCII_GLYPHS if ascii_only else GLYPHS
    return glyphs[slot % len(glyphs)]


def assign_slots(keys: Iterable[str], current: Mapping[str, int]) -> dict[str, int]:
    """Give each key a slot: the one it has in `current`, else the lowest that is free.

    Slots of keys that are gone become free. The answer keeps the order of `keys`.
    """
    wanted = list(dict.fromkeys(keys))
    kept = {key: current[key] for key in wanted if key in current}
    taken = set(kept.values())
    free = (slot for slot in range(len(wanted) + len(taken)) if slot not in taken)
    return {key: kept[key] if key in kept else next(free) for key in wanted}
