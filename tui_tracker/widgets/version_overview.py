"""One version at a glance: what it is, how it compares with the version in Production, what was done lately."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from logger.store.registry import PRODUCTION, STAGING, RegistryEvent
from tui_tracker.model import formats
from tui_tracker.model.registry_view import VersionView
from tui_tracker.model.text import clean, clean_lines
from tui_tracker.widgets.aligned import QUIET, Cell, aligned, heading
from tui_tracker.widgets.comparison_text import metrics_text, params_text, values_text
from tui_tracker.widgets.moved import MovedPage
from tui_tracker.widgets.version_history import events_text

_HASH_SHOWN = 16
_LATELY = 12


class VersionOverview(MovedPage):
    """Facts, comparison and latest events side by side, as far as there is room; else below one another."""

    DEFAULT_CSS = """
    VersionOverview {
        layout: horizontal;
        & Static { height: auto; }
        & > Static, & > #version-itself { height: auto; width: 1fr; margin-right: 3; }
        & #version-facts { text-wrap: nowrap; text-overflow: ellipsis; }
        & > #version-comparison { width: auto; min-width: 30; max-width: 45%; }
        & > #version-comparison, & > #version-lately { text-wrap: nowrap; text-overflow: ellipsis; }
        & > #version-lately { margin-right: 0; }
    }
    """

    def compose(self) -> ComposeResult:
        with Vertical(id="version-itself"):
            yield Static(id="version-facts", markup=False)
            yield Static(id="version-words", markup=False)
        yield Static(id="version-comparison", markup=False)
        yield Static(id="version-lately", markup=False)

    def show_version(self, view: VersionView) -> None:
        """Show this version."""
        self.query_one("#version-facts", Static).update(aligned(_rows(view)))
        self.query_one("#version-words", Static).update(_words(view))
        self.query_one("#version-comparison", Static).update(_comparison(view))

    def show_events(self, events: Sequence[RegistryEvent], number: int | None, now: float) -> None:
        """Show what was done lately to the model; `number` is the version that is looked at."""
        text = Content("\n").join([heading("Lately"), events_text(events[:_LATELY], number, now)])
        self.query_one("#version-lately", Static).update(text)

    def show_nothing(self, reason: str) -> None:
        """There is no version: say why."""
        self.query_one("#version-facts", Static).update(Content.styled(clean(reason), QUIET))
        self.query_one("#version-words", Static).update("")
        self.query_one("#version-comparison", Static).update("")


def _words(view: VersionView) -> Content:
    version = view.version
    parts = []
    if version.description:
        parts += [Content(""), heading("Description"), Content(clean_lines(version.description))]
    if version.tags:
        tags = [[Cell(key), Cell(value, QUIET)] for key, value in version.tags.items()]
        parts += [Content(""), heading("Tags"), aligned(tags)]
    parts += [Content(""), heading("On disk")]
    if view.path:
        parts.append(Content.styled(clean(formats.place(Path(view.path))), QUIET))
    else:
        parts.append(Content.styled(clean(view.problem), "$warning"))
    return Content("\n").join(parts)


def _rows(view: VersionView) -> list[list[Cell]]:
    version = view.version
    size = formats.size(version.size) if version.size else ""
    rows = [
        ("stage", version.stage, _stage_style(version.stage)),
        ("aliases", " ".join(version.aliases), "$accent"),
        ("run", f"{version.run_name}  {version.run_uid[:8]}" if version.run_uid else "", ""),
        ("created", formats.moment(version.created), ""),
        ("by", version.user, ""),
        ("artifact", "  ".join(part for part in (version.path, size) if part), ""),
        ("sha256", version.sha256[:_HASH_SHOWN] + ("…" if len(version.sha256) > _HASH_SHOWN else ""), QUIET),
        ("source", version.source, ""),
    ]
    return [[Cell(name, QUIET), Cell(text, style)] for name, text, style in rows if text]


def _stage_style(stage: str) -> str:
    return {PRODUCTION: "bold $success", STAGING: "bold $warning"}.get(stage, "")


def _comparison(view: VersionView) -> Content:
    """Metrics and params: beside those of the version in Production, or in Staging, or alone."""
    if view.values is None:
        return Content.styled("It came from no run.", QUIET)
    rival = view.rival
    if rival is None or rival.comparison is None:
        metrics, params = values_text(view.values)
        return Content("\n").join([heading("Metrics"), metrics, Content(""), heading("Params"), params])
    holder, candidate = f"v{rival.version.version}", f"v{view.version.version}"
    return Content("\n").join(
        [
            heading(f"Metrics beside {holder}, {rival.version.stage}"),
            metrics_text(rival.comparison, holder, candidate),
            Content(""),
            heading("Params that differ"),
            params_text(rival.comparison, holder, candidate),
        ]
    )
