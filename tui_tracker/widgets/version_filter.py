"""The filter of model versions: hidden while there is none."""

from __future__ import annotations

from typing import ClassVar

from logger.store.connection import Reader
from logger.store.query import Completion
from tui_tracker.model.version_filter import VersionLanguage
from tui_tracker.widgets.filter_bar import FilterBar


class VersionFilterBar(FilterBar):
    """Asks for filters like `stage = production and val/acc > 0.9`, over all models."""

    DEFAULT_CSS = """
    VersionFilterBar { display: none; }
    VersionFilterBar.-used, VersionFilterBar:focus-within { display: block; }
    """
    PLACEHOLDER: ClassVar[str] = "filter: stage = staging and val/acc > 0.9 and not tag:reviewed"
    NOUN: ClassVar[str] = "version"

    language: VersionLanguage | None = None
    """None until it has been read"""

    def show_language(self, language: VersionLanguage) -> None:
        """From now on these names are in use."""
        self.language = language
        if self.input.has_focus:
            self.apply()

    def check(self, text: str) -> bool:
        if self.language is None:
            return False
        self.language.check(text)
        return True

    def completion(self, reader: Reader, text: str, cursor: int) -> Completion:
        if self.language is None:
            return Completion(cursor, cursor, ())
        return self.language.complete(reader, text, cursor)
