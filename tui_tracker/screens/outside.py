"""Clicks beside the box of a dialog, which leave it where nothing is lost by that."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.screen import Screen


def is_outside(screen: Screen[Any], event: events.Click) -> bool:
    """Whether a click met nothing but the screen itself."""
    found, _ = screen.get_widget_at(event.screen_x, event.screen_y)
    return found is screen
