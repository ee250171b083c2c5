"""The registered models, each with the versions that are live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from logger.store.registry import PRODUCTION, STAGING, RegisteredModel
from tui_tracker.model import formats
from tui_tracker.model.text import clean
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.moved import MovedList

_LIVE = ((PRODUCTION, "$success"), (STAGING, "$warning"))


class ModelList(MovedList):
    """One entry a model; the cursor chooses."""

    @dataclass
    class ModelChosen(Message):
        """The cursor stands on a model, or with `entered`, it was chosen with Enter."""

        name: str
        entered: bool = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._models: tuple[RegisteredModel, ...] = ()

    def show_models(self, models: Sequence[RegisteredModel], chosen: str | None) -> None:
        """Show these, with the cursor on the chosen one."""
        if tuple(models) != self._models:
            self._models = tuple(models)
            with self.prevent(OptionList.OptionHighlighted):
                self.clear_options()
                self.add_options(Option(_prompt(model)) for model in models)
        place = next((place for place, model in enumerate(models) if model.name == chosen), None)
        with self.prevent(OptionList.OptionHighlighted):
            self.highlighted = place

    def step(self, by: int) -> None:
        """Choose the model so many places further down, round the ends."""
        if self._models:
            self.highlighted = ((self.highlighted or 0) + by) % len(self._models)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index < len(self._models):
            self.post_message(self.ModelChosen(self._models[event.option_index].name))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(self._models):
            self.post_message(self.ModelChosen(self._models[event.option_index].name, entered=True))


def _prompt(model: RegisteredModel) -> Content:
    lines = [Content(clean(model.name))]
    for stage, colour in _LIVE:
        if stage in model.holders:
            lines.append(Content.assemble((f"  v{model.holders[stage]} ", colour), (stage, QUIET)))
    if not model.holders:
        lines.append(Content.styled(f"  {formats.counted(model.versions, 'version')}", QUIET))
    return Content("\n").join(lines)
