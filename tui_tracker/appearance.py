"""What the viewer looks like: its theme, as the terminal, the settings and the palette say, and lines of less.

The theme that was chosen in the palette holds in later sessions too, until the settings name another one.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App
from textual.filter import LineFilter, Monochrome

from tui_tracker.line_filters import AsciiOnly, NoColours, SixteenColours
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.terminal import fitting_theme, has_unicode
from tui_tracker.theme import BY_SETTING, TRACKER_ANSI

_SECTION, _KEY = "appearance", "theme"


class AppearingApp(App[None]):
    """Mixin of an app that is shown in themes of its own, and within what the terminal can show."""

    def appear(self, setting: str, remembered: StateFile) -> None:
        """Before the first frame: take the theme of the settings, or the one remembered, or the one that fits."""
        for theme in BY_SETTING.values():
            self.register_theme(theme)
        self._theme_setting = setting
        self._remembered = remembered
        self._less: list[LineFilter] = []
        if not has_unicode():
            self._less.append(AsciiOnly())
        if self.no_color:
            self._less.append(NoColours())
        self._sixteen = SixteenColours(enabled=False)
        self.theme = self._chosen_theme()
        self._suit()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, with NO_COLOR kept by one that sends no grey either."""
        found = [one for one in super().get_line_filters() if not isinstance(one, Monochrome)]
        return [*found, *self._less, *([self._sixteen] if self._sixteen.enabled else [])]

    def _chosen_theme(self) -> str:
        chosen = self._remembered.section(_SECTION).get(_KEY)
        if isinstance(chosen, dict) and chosen.get("setting") == self._theme_setting:
            name = chosen.get("name")
            if name in self.available_themes:
                return str(name)
        wanted = self._theme_setting if self._theme_setting in BY_SETTING else fitting_theme()
        return BY_SETTING[wanted].name

    def watch_theme(self, name: str) -> None:
        """Remember what a person chooses; what the start chose needs no remembering."""
        if self.is_running:
            self._suit()
            if name != self._chosen_theme():
                self._remembered.put(_SECTION, _KEY, {"name": name, "setting": self._theme_setting})

    def _suit(self) -> None:
        self._sixteen.enabled = self.theme == TRACKER_ANSI.name and not self.no_color
