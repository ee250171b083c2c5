"""Text can be read on every ground of every theme (WCAG 2.1: 4.5 for text, 7 for high contrast, 3 for signs)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from textual.color import Color

from tui_tracker.line_filters import contrast
from tui_tracker.model.settings import THEMES
from tui_tracker.model.terminal import fitting_theme
from tui_tracker.plotting.palette import COLORS, LIGHT_COLORS
from tui_tracker.theme import BY_SETTING

GROUNDS = ("surface", "panel", "background")
TEXTS = ("foreground", "secondary", "accent", "success", "warning", "error")


@pytest.mark.parametrize("name", BY_SETTING)
def test_what_is_read_stands_out(name: str) -> None:
    theme = BY_SETTING[name]
    generated = theme.to_color_system().generate()
    colours = {
        key: Color.parse(value) for key, value in generated.items() if value[0] == "#" and len(value) == 7
    }
    least = 7.0 if name == "contrast" else 4.5
    found = {(text, ground): contrast(colours[text], colours[ground]) for ground in GROUNDS for text in TEXTS}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}
    on_cursor = contrast(colours["block-cursor-foreground"], colours["block-cursor-background"])
    blurred = contrast(colours["block-cursor-blurred-foreground"], colours["block-cursor-blurred-background"])
    assert min(on_cursor, blurred) >= (7 if name == "contrast" else 4.5 if name != "ansi" else 3)


@pytest.mark.parametrize("name", BY_SETTING)
def test_the_curves_stand_out(name: str) -> None:
    theme = BY_SETTING[name]
    ground = Color.parse(str(theme.surface))
    assert all(
        contrast(Color.parse(colour), ground) >= 3 for colour in (COLORS if theme.dark else LIGHT_COLORS)
    )


def test_each_theme_can_be_set() -> None:
    assert {"auto", *BY_SETTING} == set(THEMES)


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({}, "dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "15;0"}, "dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, "light"),
        ({"TERM": "rxvt", "COLORFGBG": "0;default;15"}, "light"),
        ({"COLORFGBG": "nonsense"}, "dark"),
        ({"TERM": "linux"}, "ansi"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "dark"),
        ({"TERM": "screen-256color"}, "dark"),
    ],
)
def test_the_theme_fits_the_terminal(environment: Mapping[str, str], theme: str) -> None:
    assert fitting_theme(environment) == theme
