"""What is done to every line on its way to the terminal, where the terminal, or a person, wants less than all of it.

- `AsciiOnly`: characters beyond ASCII become ones of as many cells that say the same.
- `NoColours`: colours become bold, dim and reverse.
- `SixteenColours`: colours become those of the terminal's own palette.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_PAIRS: tuple[tuple[str, str], ...] = (
    ("─━═╌┄┈╴╶‐‑‒–—−", "-==-----------"),
    ("│┃║╎┆┊╵╷▏▎▍▌▐▕", "||||||||||||||"),
    ("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋", "+" * 31),
    ("▔▁▂▃▄▅▆▇█▀▉▊▋░▒▓", "-_..::+*#-###.:#"),
    ("●○◉◐◌◯✓✔✗✘×■□▪▫◆◇▲△▼▽★☆•·…", "*o@%oo++xxx#:#:*<^^vv*+*.~"),
    ("▸▶▹►▾▿▴◂◀◁", ">>>>vv^<<<"),
    ("←→↑↓⇧⇥⏎⌃⌥⌘↵↳↪", "<>^vSTE^AC>>>"),
    ("›‹»«", "><><"),
    ("±≤≥≠≈∞σµμ‘’“”°", "+<>!~8suu''\"\"o"),
)
_SIGNS = {ord(sign): plain for signs, plains in _PAIRS for sign, plain in zip(signs, plains, strict=True)}
# How far apart two greys are that are to be told apart without colour: a ratio as the WCAG defines it.
_TELLING_CONTRAST = 1.15
_LEGIBLE_CONTRAST = 4.5


class AsciiOnly(LineFilter):
    """Nothing but ASCII, each character as wide as the one that it stands for."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.text.isascii()
            else Segment(plain_text(segment.text), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(4096)
def plain_text(text: str) -> str:
    """The text in ASCII, of as many cells: signs become like ones, letters lose their accents, others become `?`."""
    return text if text.isascii() else "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    width = cell_len(character)
    sign = _SIGNS.get(ord(character))
    if sign is None and "\u2800" <= character <= "\u28ff":
        sign = " " if character == "\u2800" else ":"
    if sign is None:
        base = unicodedata.normalize("NFKD", character)[:1]
        sign = base if base.isascii() and base.isprintable() else "?"
    return sign * width


class NoColours(LineFilter):
    """What stands out by its ground is reversed, what is faint is dim, what is bold stays so; no colour is sent."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(segment.text, None if segment.style is None else _colourless(segment.style, background))
            for segment in segments
        ]


@lru_cache(1024)
def _colourless(style: Style, ground: Color) -> Style:
    attributes = style.without_color
    if style.bgcolor is None or style.color is None:
        return attributes
    own, text = Color.from_rich_color(style.bgcolor), Color.from_rich_color(style.color)
    if contrast(own, ground) > _TELLING_CONTRAST:
        return attributes + Style(reverse=True, dim=False)
    if contrast(text, own) < _LEGIBLE_CONTRAST:
        return attributes + Style(dim=True)
    return attributes


class SixteenColours(LineFilter):
    """The nearest of the sixteen colours that the terminal's user has chosen."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(
                segment.text, None if segment.style is None else _of_sixteen(segment.style), segment.control
            )
            for segment in segments
        ]


@lru_cache(1024)
def _of_sixteen(style: Style) -> Style:
    color, ground = style.color, style.bgcolor
    return style + Style(
        color=None if color is None else color.downgrade(ColorSystem.STANDARD),
        bgcolor=None if ground is None else ground.downgrade(ColorSystem.STANDARD),
    )


def contrast(first: Color, second: Color) -> float:
    """The ratio of the lighter to the darker one, from 1 to 21 (WCAG 2.1, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    """Relative luminance, from 0 to 1 (WCAG 2.1)."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in (color.r, color.g, color.b))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
