"""Commands of the screen of one run."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass


class OneRun(Protocol):
    """The screen of a run, as its commands know it."""

    def go_back(self) -> None: ...
    async def turn_page(self, by: int) -> None: ...
    async def open_page(self, place: int) -> None: ...
    def stop_run(self) -> None: ...


class GoBack(Command[OneRun]):
    """Back to the runs."""

    id = "run.back"
    key = "escape"
    group = "Run"
    show = True
    footer = "back"

    def run(self, host: OneRun) -> None:
        host.go_back()


class NextPage(Command[OneRun]):
    """Next page of the run."""

    id = "run.next-page"
    key = "right_square_bracket"
    shown_key = "]"
    group = "Run"
    show = True
    footer = "next page"

    async def run(self, host: OneRun) -> None:
        await host.turn_page(1)


class PreviousPage(Command[OneRun]):
    """Previous page of the run."""

    id = "run.previous-page"
    key = "left_square_bracket"
    shown_key = "["
    group = "Run"

    async def run(self, host: OneRun) -> None:
        await host.turn_page(-1)


class StopRun(Command[OneRun]):
    """Stop the run.

    First its script is asked, then SIGTERM, then SIGKILL; each is confirmed.
    """

    id = "run.stop"
    key = "X"
    group = "Run"

    def run(self, host: OneRun) -> None:
        host.stop_run()


class _OpenPage(Command[OneRun]):
    """A page by its number, which the strip of titles shows."""

    group = "Run"
    place: int

    async def run(self, host: OneRun) -> None:
        await host.open_page(self.place)


def _opens(place: int, title: str) -> CommandClass:
    return type(
        f"Open{title}",
        (_OpenPage,),
        {
            "__doc__": f"{title} of the run.",
            "id": f"run.{title.lower()}",
            "key": str(place + 1),
            "place": place,
        },
    )


# The pages of a run, in order. `screens/run.py` says what shows each.
PAGES = ("Overview", "Curves", "System", "Console", "Artifacts", "Code")

RUN_COMMANDS: tuple[CommandClass, ...] = (
    GoBack,
    NextPage,
    PreviousPage,
    StopRun,
    *(_opens(place, title) for place, title in enumerate(PAGES)),
)
