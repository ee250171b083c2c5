"""What screens have to copy: names, ids, command lines, paths, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.screen import Screen

from logger.store.artifacts import Artifact
from logger.store.locate import Store
from logger.store.runs import StoredRun
from logger.store.search import Row
from tui_tracker.model import clock
from tui_tracker.model.columns import Column, row_texts
from tui_tracker.model.table_text import markdown, tab_separated
from tui_tracker.model.text import clean

# More rows than a terminal takes at once are better exported.
MOST_ROWS = 2000
_MOST_ARTIFACTS = 50


@dataclass(frozen=True)
class Offer:
    """One text that can be copied."""

    name: str
    text: str
    """harmless wherever it is pasted"""


def run_offers(run: StoredRun) -> list[Offer]:
    """What a run is known by."""
    return [
        Offer("run id", clean(run.uid)),
        Offer("run name", clean(run.name)),
        Offer("command line", clean(run.source)),
        Offer("experiment", clean(run.experiment)),
        Offer("commit", clean(run.git_commit or "")),
        Offer("note", clean(run.note)),
    ]


def explorer_offers(
    run: StoredRun | None, cell: str, columns: Sequence[Column], rows: Sequence[Row]
) -> list[Offer]:
    """The run at the cursor, the cell there, and the table; `rows` were read for the columns."""
    now = clock.now()
    headings = ["run", *(column.title for column in columns)]
    table = [headings, *([row.run.name, *row_texts(columns, row, now)] for row in rows)]
    of_table = [Offer("table, Markdown", markdown(table)), Offer("table, TSV", tab_separated(table))]
    return [Offer("cell", clean(cell)), *(run_offers(run) if run is not None else []), *of_table]


def artifact_offers(store: Store, run: StoredRun, artifacts: Sequence[Artifact]) -> list[Offer]:
    """Where a run's files are on disk."""
    return [
        Offer(f"path of {clean(artifact.path, 60)}", clean(str(store.artifacts / run.uid / artifact.path)))
        for artifact in artifacts[:_MOST_ARTIFACTS]
    ]


async def offer_copies(screen: Screen[None], offers: Sequence[Offer]) -> None:
    """Ask what to copy, and copy it."""
    from tui_tracker.screens.copy_picker import CopyPicker

    given = [offer for offer in offers if offer.text]
    if not given:
        screen.notify("There is nothing to copy here.", markup=False)
        return
    chosen = await screen.app.push_screen_wait(CopyPicker(given))
    if chosen is not None:
        screen.app.copy_to_clipboard(chosen.text)
        screen.notify(clean(chosen.text, 80), title=f"Copied: {chosen.name}", markup=False)
