"""What screens have to copy: names, ids, command lines, paths, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.screen import Screen

from logger.store.artifacts import Artifact
from logger.store.locate import Store
from logger.store.registry import LIVE_STAGES, ModelVersion
from logger.store.runs import StoredRun
from logger.store.search import Row
from tui_tracker.model import clock
from tui_tracker.model.columns import Column, row_texts
from tui_tracker.model.registry_view import ModelView, VersionView
from tui_tracker.model.sheet import FORMS, Sheet, SheetCell
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


def sheet_offers(sheet: Sheet) -> list[Offer]:
    """A table in every form that there is."""
    return [Offer(f"table, {form}", write(sheet)) for form, write in FORMS.items()]


def comparison_offers(runs: Sequence[StoredRun], sheet: Sheet) -> list[Offer]:
    """The table of runs side by side, and what they are known by."""
    return [
        *sheet_offers(sheet),
        Offer("run names", "\n".join(clean(run.name) for run in runs)),
        Offer("run ids", "\n".join(clean(run.uid) for run in runs)),
        Offer("command to compare", clean(f"tracker-tui compare {' '.join(run.uid for run in runs)}")),
    ]


def registry_offers(version: ModelVersion, view: ModelView, details: VersionView | None) -> list[Offer]:
    """What a version is known by, and all of its model."""
    model = clean(version.model)
    names = [str(version.version), *([version.stage] if version.stage in LIVE_STAGES else [])]
    offers = [
        *(Offer(f"address, {name}", f"models:/{model}/{name}") for name in names),
        *(
            Offer(f"address, {clean(alias, 20)}", f"models:/{model}@{clean(alias)}")
            for alias in version.aliases
        ),
        Offer("model name", model),
        Offer("description", clean(version.description)),
    ]
    if details is not None and details.version.version == version.version:
        offers.append(Offer("path", clean(details.path)))
    versions = Sheet(
        ("version", "stage", "aliases", "run"),
        tuple(
            tuple(
                SheetCell(text)
                for text in (str(one.version), one.stage, " ".join(one.aliases), one.run_name or "")
            )
            for one in view.versions
        ),
    )
    return [*offers, *sheet_offers(versions)]


def explorer_offers(
    run: StoredRun | None, cell: str, columns: Sequence[Column], rows: Sequence[Row]
) -> list[Offer]:
    """The run at the cursor, the cell there, and the table; `rows` were read for the columns."""
    now = clock.now()
    headings = ["run", *(column.title for column in columns)]
    table = Sheet(
        tuple(headings),
        tuple(tuple(map(SheetCell, (row.run.name, *row_texts(columns, row, now)))) for row in rows),
    )
    return [Offer("cell", clean(cell)), *(run_offers(run) if run is not None else []), *sheet_offers(table)]


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
