"""Pictures in the terminal, by textual-image where it is installed: kitty's protocol, sixel, or half blocks.

The library asks the terminal what it can do when it is imported, which must not happen while the app reads the keys. So
it is imported as if there was no terminal, and what the terminal can do is told by the names it gives itself.
`TRACKER_IMAGES` (kitty, sixel, blocks, off) says otherwise.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
import termios
import threading
from collections.abc import Mapping
from typing import Any, Literal

from textual.widget import Widget

Way = Literal["kitty", "sixel", "blocks", "off"]
ENVIRONMENT_VARIABLE = "TRACKER_IMAGES"
_WAYS: tuple[Way, ...] = ("kitty", "sixel", "blocks", "off")
# Terminals that draw kitty's placeholders, and those that draw sixels, by how they call themselves.
_KITTY = ("xterm-kitty", "xterm-ghostty", "ghostty")
_SIXEL = ("foot", "foot-extra", "mlterm", "contour", "wezterm", "mintty", "iterm.app", "rio")
_importing = threading.Lock()


def way(environment: Mapping[str, str]) -> Way:
    """How pictures are drawn in the terminal that an environment tells of."""
    said = environment.get(ENVIRONMENT_VARIABLE, "").strip().lower()
    for known in _WAYS:
        if said == known:
            return known
    # A multiplexer draws the screen itself, whatever the terminal around it can do.
    if environment.get("TMUX") or environment.get("STY") or environment.get("NO_COLOR"):
        return "blocks"
    names = {environment.get(name, "").lower() for name in ("TERM", "TERM_PROGRAM")}
    if names & set(_KITTY) or environment.get("KITTY_WINDOW_ID"):
        return "kitty"
    return "sixel" if names & set(_SIXEL) else "blocks"


def load() -> bool:
    """Import the library, which takes a moment: for a worker thread. False where it is not installed, or not wanted."""
    if way(os.environ) == "off":
        return False
    with _importing:
        terminal = sys.__stdout__
        for name, length in zip(("WIDTH", "HEIGHT"), _cell_size(), strict=True):
            os.environ.setdefault(f"TEXTUAL_CELL_{name}", str(length))
        sys.__stdout__ = _NoTerminal()  # type: ignore[misc,assignment]
        try:
            import textual_image.widget
        except ImportError:
            return False
        finally:
            sys.__stdout__ = terminal  # type: ignore[misc]
    return hasattr(textual_image.widget, "HalfcellImage")


def picture(image: Any) -> Widget:
    """A widget that shows a PIL image; `load` has said that it can."""
    from textual_image import widget

    ways = {"kitty": widget.TGPImage, "sixel": widget.SixelImage}
    shown: Widget = ways.get(way(os.environ), widget.HalfcellImage)(image)
    return shown


class _NoTerminal:
    """Stands for standard output while the library is imported."""

    def isatty(self) -> bool:
        return False


def _cell_size() -> tuple[int, int]:
    """Pixels of a cell, as the terminal says, else as most have it."""
    try:
        packed = fcntl.ioctl(sys.__stderr__ or 2, termios.TIOCGWINSZ, bytes(8))
        rows, columns, width, height = struct.unpack("HHHH", packed)
        if width >= columns > 0 and height >= rows > 0:
            return width // columns, height // rows
    except (OSError, ValueError):
        pass
    return 10, 20
