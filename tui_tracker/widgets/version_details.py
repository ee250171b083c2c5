"""What there is to know of one version, and the history of its model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from logger.store.registry import PRODUCTION, STAGING, RegistryEvent
from tui_tracker.model import formats
from tui_tracker.model.registry_view import MOST_EVENTS, Rival, VersionView
from tui_tracker.model.text import clean, clean_lines
from tui_tracker.widgets.aligned import QUIET, Cell, aligned
from tui_tracker.widgets.comparison_text import metrics_text, params_text, values_text

_HASH_SHOWN = 16
_WIDEST_USER = 12
_HEADING = "bold $primary"


class VersionDetails(VerticalScroll, can_focus=True):
    """One version: what it is, how it compares with the version in Production, and what was done to its
    model.
    """

    DEFAULT_CSS = """
    VersionDetails {
        & > Static { height: auto; }
        & > #version-comparison, & > #version-history { text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="version-facts", markup=False)
        yield Static(id="version-comparison", markup=False)
        yield Static(id="version-history", markup=False)

    def show_version(self, view: VersionView) -> None:
        """Show this version."""
        self.query_one("#version-facts", Static).update(_facts(view))
        self.query_one("#version-comparison", Static).update(_comparison(view))

    def show_history(self, events: Sequence[RegistryEvent], now: float) -> None:
        """Show what was done to the model, the newest first; ages are reckoned by `now`, in epoch seconds."""
        self.query_one("#version-history", Static).update(_history(events, now))

    def show_problem(self, reason: str) -> None:
        """Say why there is nothing to show."""
        self.query_one("#version-facts", Static).update(Content.styled(clean(reason), "$error"))
        self.query_one("#version-comparison", Static).update("")


def _facts(view: VersionView) -> Content:
    version = view.version
    parts = [aligned(_rows(view))]
    if version.description:
        parts += [Content(""), _heading("Description"), Content(clean_lines(version.description))]
    if version.tags:
        tags = [[Cell(key), Cell(value, QUIET)] for key, value in version.tags.items()]
        parts += [Content(""), _heading("Tags"), aligned(tags)]
    parts += [Content(""), _heading("On disk")]
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
        (
            "registered",
            ", ".join(part for part in (formats.moment(version.created), version.user) if part),
            "",
        ),
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
    rival = _rival(view)
    if rival is None or rival.comparison is None:
        metrics, params = values_text(view.values)
        return Content("\n").join([_heading("Metrics"), metrics, Content(""), _heading("Params"), params])
    holder, candidate = f"v{rival.version.version}", f"v{view.version.version}"
    return Content("\n").join(
        [
            _heading(f"Metrics beside {holder}, {rival.version.stage}"),
            metrics_text(rival.comparison, holder, candidate),
            Content(""),
            _heading("Params that differ"),
            params_text(rival.comparison, holder, candidate),
        ]
    )


def _rival(view: VersionView) -> Rival | None:
    return view.rivals.get(PRODUCTION) or (
        view.rivals.get(STAGING) if view.version.stage != PRODUCTION else None
    )


def _history(events: Sequence[RegistryEvent], now: float) -> Content:
    lines = []
    for event in events:
        lines.append(
            [
                Cell(formats.age(event.time, now), QUIET, "right"),
                Cell(f"v{event.version}" if event.version else "", "bold $foreground"),
                Cell(event.user, QUIET),
                Cell(event_text(event)),
            ]
        )
        if event.reason:
            lines.append([Cell(""), Cell(""), Cell(""), Cell(event.reason, QUIET)])
    parts = [_heading("History"), aligned(lines, widest=_WIDEST_USER)]
    if len(events) >= MOST_EVENTS:
        parts.append(Content.styled(f"the last {MOST_EVENTS}", QUIET))
    return Content("\n").join(parts)


def event_text(event: RegistryEvent) -> str:
    """What was done, in a few words."""
    return {
        "create-model": "model created",
        "register": "registered",
        "stage": f"{event.before} → {event.after}",
        "roll-back": f"↩ {event.before} → {event.after}",
        "alias": f"alias {event.after}",
        "unalias": f"alias {event.before} removed",
        "describe": "described" if event.version else "model described",
        "tag": f"tag {event.after}",
        "untag": f"tag {event.before} removed",
        "delete": "deleted" if event.version else "model deleted",
    }.get(event.action, event.action)


def _heading(text: str) -> Content:
    return Content.styled(clean(text), _HEADING)
