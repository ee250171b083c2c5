"""The filter: an input line, how many runs match, what is wrong with it, what may stand at the cursor.

The bar knows the names in use and says only filters that make sense: `Chosen` while typing and at its end,
`Left` when the person is done. It keeps a history of the filters that were kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from logger.store import search
from logger.store.connection import Reader
from logger.store.fields import Names
from logger.store.query import Completion, FilterError, compile_filter, complete
from tui_tracker.model import formats
from tui_tracker.model.cells import fit
from tui_tracker.model.filter_history import FilterHistory
from tui_tracker.model.source import Source
from tui_tracker.model.text import clean
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.filter_input import FilterInput

# A person who types on within this time is not asked for yet.
DEBOUNCE_SECONDS = 0.1
# The longest filter one types by hand; longer ones belong in a script.
LONGEST_TYPED = 4000
_MARK = "^"
_NOTHING = Completion(0, 0, ())


class FilterBar(Vertical):
    """Says what is typed; shows what it is told. The filter language itself is elsewhere."""

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        background: $surface;
        color: $foreground;
        & > Horizontal { height: 1; }
        & .filter--prompt { width: 4; padding: 0 1; color: $secondary; }
        & .filter--count { width: auto; padding: 0 1; color: $secondary; }
        & .filter--problem, & .filter--options { height: 1; padding: 0 1 0 4; display: none; }
        & .filter--problem { color: $error; }
        &.-unfinished .filter--problem { color: $secondary; }
        & .filter--options { color: $secondary; text-wrap: nowrap; text-overflow: ellipsis; }
        & FilterInput { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
        &:focus-within { background: $panel; }
        &:focus-within .filter--prompt { color: $accent; }
        &:focus-within .filter--problem, &:focus-within .filter--options { display: block; }
    }
    """

    PLACEHOLDER: ClassVar[str] = "filter: val/acc > 0.9 and started > 7d ago"
    NOUN: ClassVar[str] = "run"

    @dataclass
    class Chosen(Message):
        """This is a filter without a mistake, and the one to apply."""

        text: str

    class Left(Message):
        """The person is done with the filter."""

    def __init__(
        self, source: Source, history: FilterHistory | None = None, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.returns_to: Widget | None = None
        """what gets the focus when the person is done"""
        self._history = history or FilterHistory()
        self.names = Names()
        """what bare names stand for"""
        self._questions = Questions(self, source)
        self._kept = ""
        self._pause: Timer | None = None
        self._completion = _NOTHING
        # The place of the option that Tab put in; None while nothing was completed.
        self._chosen: int | None = None
        # The text and cursor that the options are for, and whether Tab was pressed before they arrived.
        self._offered_for = ("", 0)
        self._tab_waits = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("/", classes="filter--prompt", markup=False)
            yield FilterInput(
                placeholder=self.PLACEHOLDER,
                max_length=LONGEST_TYPED,
                select_on_focus=False,
                compact=True,
            )
            yield Static("", classes="filter--count", markup=False)
        yield Static("", classes="filter--problem", markup=False)
        yield Static("", classes="filter--options", markup=False)

    def on_mount(self) -> None:
        self.input.owner = self

    @property
    def input(self) -> FilterInput:
        return self.query_one(FilterInput)

    @property
    def text(self) -> str:
        return self.input.value

    def edit(self) -> None:
        """Give the line the focus, the cursor at its end.

        At once, not by a message: a key that is already waiting goes to what has the focus when its turn comes.
        """
        self._kept = self.text
        self.screen.set_focus(self.input)
        self.input.cursor_position = len(self.text)
        self._offer_completions()

    def set_text(self, text: str) -> None:
        """Put a filter there without announcing it."""
        with self.prevent(Input.Changed):
            self.input.value = text
        self._cancel_pause()
        self._questions.withdraw("completion")
        self._tab_waits = False
        self.show_problem(None)
        self.show_options(_NOTHING)

    def show_count(self, shown: int, total: int) -> None:
        """Say how many match."""
        every = formats.counted(total, self.NOUN)
        count = every if shown == total else f"{shown:,} of {total:,}"
        self.query_one(".filter--count", Static).update(Content(count))

    def show_problem(self, error: FilterError | None) -> None:
        """Say what is wrong, with a mark under the place; None: nothing is."""
        self.set_class(error is not None, "-wrong")
        # Who is still typing has made no mistake yet.
        ends = error is not None and not error.length and error.position >= len(error.text.rstrip())
        self.set_class(ends, "-unfinished")
        line = self.query_one(".filter--problem", Static)
        line.update(Content("" if error is None else self._problem_line(error, line.content_size.width)))

    def show_options(self, completion: Completion) -> None:
        """Show what may stand at the cursor; Tab puts in the first, then the next."""
        self._completion = completion
        self._chosen = None
        self._draw_options()
        if self._tab_waits:
            self._tab_waits = False
            self._step(1)

    def _problem_line(self, error: FilterError, width: int) -> str:
        """The mark under the mistake and the sentence beside it: right of it, unless only the left has room."""
        before = cell_len(clean(error.text[: error.position]))
        column = max(0, before - self.input.scroll_offset.x)
        marks = _MARK * max(1, min(error.length, 40, width - column))
        _, _, sentence = clean(str(error)).partition(": ")
        left, right = column - 1, width - column - len(marks) - 1
        if right >= min(cell_len(sentence), left):
            return f"{' ' * column}{marks} {fit(sentence, right)}"
        return f"{fit(sentence, left, 'right')} {marks}"

    def _draw_options(self) -> None:
        options = [clean(option, 60) for option in self._completion.options[:30]]
        pieces: list[Content | str | tuple[str, str]] = []
        if options:
            pieces.append(("tab ", "$secondary 60%"))
        for place, option in enumerate(options):
            pieces.append((option, "$accent" if place == (self._chosen or 0) else "$secondary"))
            pieces.append("  ")
        self.query_one(".filter--options", Static).update(Content.assemble(*pieces))

    def complete(self, step: int) -> None:
        """Put in the next option, or the one before; as soon as the options for what is typed are there."""
        if self._chosen is None and self._offered_for != (self.text, self.input.cursor_position):
            # Typed on since then: what may stand here is on its way.
            self._tab_waits = True
            self._offer_completions()
        else:
            self._step(step)

    def keep(self) -> None:
        """Apply the filter and leave, unless there is a mistake in it."""
        if self.apply():
            self._history.keep(self.text.strip())
            self._leave()

    def abandon(self) -> None:
        """Bring back the filter that was there, and leave."""
        self.set_text(self._kept)
        self.post_message(self.Chosen(self._kept))
        self._leave()

    def recall(self, step: int) -> None:
        """An earlier filter, or a later one; downwards from the last, to the runs."""
        text = self._history.earlier(self.text) if step < 0 else self._history.later()
        if text is not None:
            with self.prevent(Input.Changed):
                self.input.value = text
            self.input.cursor_position = len(text)
            self._apply_later()
        elif step > 0:
            self.keep()

    def _leave(self) -> None:
        """At once, not by a message: a key that is already waiting goes to what has the focus when its turn comes."""
        self._history.start()
        if self.returns_to is not None:
            self.screen.set_focus(self.returns_to)
        self.post_message(self.Left())

    def _step(self, by: int) -> None:
        """Put in the next option, or the one before."""
        options = self._completion.options
        if not options:
            return
        previous = options[self._chosen] if self._chosen is not None else None
        self._chosen = 0 if self._chosen is None else (self._chosen + by) % len(options)
        start = self._completion.start
        end = self._completion.end if previous is None else start + len(previous)
        option = options[self._chosen]
        # A single option needs no second thought: go on behind it.
        gap = " " if len(options) == 1 and self.text[end : end + 1] != " " else ""
        with self.prevent(Input.Changed):
            self.input.value = f"{self.text[:start]}{option}{gap}{self.text[end:]}"
        self.input.cursor_position = start + len(option) + len(gap)
        if gap:
            self._chosen = None
        else:
            self._draw_options()
        self._apply_later()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._chosen = None
        self._tab_waits = False
        self._history.start()
        self._apply_later()

    def _apply_later(self) -> None:
        self._cancel_pause()
        self._pause = self.set_timer(DEBOUNCE_SECONDS, self.apply)

    def check(self, text: str) -> bool:
        """Whether it can be told that this is a filter. Raises FilterError for what is none."""
        compile_filter(text, self.names)
        return True

    def completion(self, reader: Reader, text: str, cursor: int) -> Completion:
        """What may stand at the cursor; in the thread of a question."""
        return complete(text, cursor, self.names, partial(search.values_of, reader))

    def apply(self) -> bool:
        """Announce what is typed if it is a filter, else say what is wrong; whether it is one."""
        self._cancel_pause()
        text = self.text.strip()
        if self._chosen is None:
            self._offer_completions()
        try:
            ready = self.check(text)
        except FilterError as error:
            self.show_problem(error)
            return False
        if not ready:
            return False
        self.show_problem(None)
        self.post_message(self.Chosen(text))
        return True

    def _offer_completions(self) -> None:
        text, cursor = self.text, self.input.cursor_position
        self._offered_for = (text, cursor)

        def question(reader: Reader) -> Completion:
            return self.completion(reader, text, cursor)

        self._questions.ask("completion", question, self.show_options, behind=True)

    def _cancel_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
