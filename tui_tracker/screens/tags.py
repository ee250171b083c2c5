"""The dialog for the tags of a version or of a model."""

from __future__ import annotations

from collections.abc import Mapping

from textual.widgets import TextArea

from logger.store.registry import RegistryError, tag_key
from tui_tracker.model.run_edits import TagError, parse_tags, tags_text
from tui_tracker.screens.run_words import TextDialog


class RegistryTagsDialog(TextDialog):
    """Asks for the tags, one a line; answers the text of a valid list."""

    def __init__(self, subject: str, tags: Mapping[str, str]) -> None:
        super().__init__(
            f"Tags of {subject}",
            tags_text(tags),
            "One a line, `name = value`. A gate can ask for one: has tag reviewed. ctrl+o opens your $EDITOR.",
        )

    def answer(self) -> str | None:
        text = self.query_one(TextArea).text
        try:
            for key in parse_tags(text):
                tag_key(key)
        except (TagError, RegistryError) as error:
            self.say(str(error))
            return None
        return text
