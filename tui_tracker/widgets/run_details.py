"""The overview of a run: what it is, params, metrics, tags, models, artifacts, as aligned lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from logger.code_state import FOLDER
from logger.store.alerts import Alert
from logger.store.artifacts import Artifact
from logger.store.series import Metric
from logger.store.stopping import Request
from tui_tracker.model import formats
from tui_tracker.model.cells import fit, fit_end, hanging, width_of
from tui_tracker.model.columns import STATUS_GLYPHS
from tui_tracker.model.run_sheet import MOST_ARTIFACTS, RunSheet
from tui_tracker.model.text import clean, clean_lines
from tui_tracker.widgets.ending_lines import ending_lines
from tui_tracker.widgets.moved import MovedPage

_LABEL_WIDTH = 12
_LONGEST_KEY = 28
_LONGEST_VALUE = 1000
_MOST_CHILDREN = 50
_MOST_ALERTS = 20
_LEVEL_STYLES = {"ERROR": "$error", "WARN": "$warning"}
_MOST_INPUTS = 50
_CODE = f"{FOLDER}/"
# What is said of a metric, by names of aggregates, the most telling first.
_NUMBERS = ("last", "min", "max", "step")
_NUMBER_WIDTH = formats.NUMBER_WIDTH + 1
_STATUS_STYLES = {
    "RUNNING": "bold $primary",
    "FINISHED": "$success",
    "FAILED": "$error",
    "KILLED": "$warning",
    "LOST": "$warning",
}
Piece = Content | str | tuple[str, str]


class RunDetails(MovedPage):
    """Scrolls with the arrows."""

    DEFAULT_CSS = """
    RunDetails {
        background: $surface;
        color: $foreground;
        padding: 1 2;
        scrollbar-size: 0 1;
        & > Static { width: 1fr; height: auto; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[RunSheet, float] | None = None

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)

    def show_sheet(self, sheet: RunSheet, now: float) -> None:
        """Show a run; `now` is what ages count from, epoch seconds."""
        self._shown = sheet, now
        self._draw()

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        # A sheet may have been read before this is on the screen.
        if self._shown is not None and self.is_mounted:
            pieces = _sheet(*self._shown, self.scrollable_content_region.width)
            self.query_one(Static).update(Content.assemble(*pieces))


def _sheet(sheet: RunSheet, now: float, room: int) -> Iterator[Piece]:
    run = sheet.run

    def line(label: str, value: str) -> tuple[Piece, ...]:
        return _line(label, hanging(value, room, _LABEL_WIDTH))

    style = _STATUS_STYLES.get(run.status, "")
    yield from _line("status", (f"{STATUS_GLYPHS.get(run.status, '·')} {run.status.lower()}", style))
    yield from line("experiment", clean(run.experiment))
    yield from line("started", f"{formats.moment(run.started)}  ({formats.age(run.started, now)})")
    if run.ended is not None:
        yield from line("ended", formats.moment(run.ended))
    yield from line("duration", formats.duration(run.duration(now)))
    if run.is_running:
        yield from line("last sign", formats.age(run.heartbeat, now))
    if sheet.stop is not None:
        yield from line("stop", f"{_stop_told(sheet.stop)}  ({formats.age(sheet.stop.time, now)})")
    yield from line("host", clean(f"{run.host}  pid {run.pid}" if run.pid is not None else run.host))
    yield from line("user", clean(run.user))
    yield from line("command", clean(run.source, _LONGEST_VALUE))
    if run.git_commit:
        yield from line("commit", clean(run.git_commit[:12]) + (", with changes" if run.git_dirty else ""))
    yield from line("id", clean(run.uid))
    if sheet.parent is not None:
        yield from line("parent", clean(sheet.parent.name))
    if run.note:
        yield from _title("Note")
        yield clean_lines(run.note) + "\n"
    if sheet.ending is not None:
        yield from ending_lines(sheet.ending)
    yield from _alerts(sheet.alerts, now, room)
    yield from _pairs("Params", sheet.params, room)
    yield from _metrics(sheet.metrics, room)
    yield from _pairs("Tags", sheet.tags, room)
    yield from _others(sheet)


def _stop_told(request: Request) -> str:
    sent = f", sent SIG{clean(request.signal)}" if request.signal else ""
    return f"asked for by {clean(request.user)}{sent}"


def _alerts(alerts: Sequence[Alert], now: float, room: int) -> Iterator[Piece]:
    """What the run had to tell, latest first."""
    if not alerts:
        return
    yield from _title(f"Alerts  {len(alerts)}")
    for alert in alerts[:_MOST_ALERTS]:
        said = f"{alert.title}, {alert.text}" if alert.text else alert.title
        yield from (
            (f"{formats.age(alert.time, now):>5}  ", "$secondary"),
            (hanging(clean(said, _LONGEST_VALUE), room, 7), _LEVEL_STYLES.get(alert.level, "")),
            "\n",
        )
    if len(alerts) > _MOST_ALERTS:
        yield f"… showing {_MOST_ALERTS} of {len(alerts):,}\n"


def _others(sheet: RunSheet) -> Iterator[Piece]:
    if sheet.children:
        yield from _title(f"Child runs  {len(sheet.children)}")
        for child in sheet.children[:_MOST_CHILDREN]:
            glyph = STATUS_GLYPHS.get(child.status, "·")
            yield from ((glyph, _STATUS_STYLES.get(child.status, "")), f" {clean(child.name, 60)}\n")
    if sheet.versions:
        yield from _title("Registered as")
        for version in sheet.versions:
            yield from (
                f"{clean(version.model, 60)} ",
                (f"v{version.version}", "bold"),
                f"  {version.stage}\n",
            )
    yield from _data(sheet)
    yield from _artifacts(sheet.artifacts)


def _artifacts(artifacts: Sequence[Artifact]) -> Iterator[Piece]:
    """What the run left; its code, which has a page of its own, is only counted."""
    own = [artifact for artifact in artifacts if not artifact.path.startswith(_CODE)]
    if artifacts:
        yield from _title(f"Artifacts  {len(own):,}")
    for artifact in own[:MOST_ARTIFACTS]:
        yield from (
            (f"{formats.size(artifact.size):>8}  ", "$secondary"),
            clean(artifact.path, 200),
            ("" if artifact.is_complete else "  incomplete", "$warning"),
            "\n",
        )
    if len(own) > MOST_ARTIFACTS:
        yield f"… showing {MOST_ARTIFACTS} of {len(own):,}\n"
    code = len(artifacts) - len(own)
    if code:
        yield f"and {code:,} {'file' if code == 1 else 'files'} of its code: see Code\n", "$secondary"


def _data(sheet: RunSheet) -> Iterator[Piece]:
    if sheet.inputs:
        yield from _title(f"Data  {len(sheet.inputs)}")
    for found in sheet.inputs[:_MOST_INPUTS]:
        size = formats.size(found.size) if found.size else ""
        files = f"  {formats.count(found.files)} files" if found.files > 1 else ""
        yield (f"{size:>8}  ", "$secondary")
        yield clean(found.name, 120) + files
        yield f"  {clean(found.context, 40)}  {clean(found.sha256[:12])}\n", "$secondary"
    if len(sheet.inputs) > _MOST_INPUTS:
        yield f"… showing {_MOST_INPUTS} of {len(sheet.inputs):,}\n"


def _metrics(metrics: Mapping[str, Metric], room: int) -> Iterator[Piece]:
    """A line for each metric, with as many of its numbers as fit into `room` cells."""
    if not metrics:
        return
    width = _key_width(metrics)
    columns = max(1, min((room - width) // _NUMBER_WIDTH, len(_NUMBERS)))
    yield from _title("Metrics")
    yield (
        " " * width + "".join(f"{title:>{_NUMBER_WIDTH}}" for title in _NUMBERS[:columns]) + "\n",
        "$secondary",
    )
    for key, metric in metrics.items():
        numbers = [formats.number(metric.value(aggregate)) for aggregate in _NUMBERS[:columns]]
        yield fit_end(clean(key), width), "$secondary"
        yield "".join(f"{number:>{_NUMBER_WIDTH}}" for number in numbers) + "\n"


def _pairs(title: str, pairs: Mapping[str, str], room: int) -> Iterator[Piece]:
    if not pairs:
        return
    yield from _title(title)
    width = _key_width(pairs)
    for key, value in pairs.items():
        yield (fit_end(clean(key), width) + "  ", "$secondary")
        yield hanging(clean(value, _LONGEST_VALUE), room, width + 2) + "\n"


def _key_width(keys: Mapping[str, object]) -> int:
    return min(max(width_of(clean(key)) for key in keys), _LONGEST_KEY)


def _line(label: str, value: str | tuple[str, str]) -> tuple[Piece, Piece, str]:
    return (fit(label, _LABEL_WIDTH), "$secondary"), value, "\n"


def _title(title: str) -> tuple[Piece, ...]:
    return "\n", (title, "bold $accent"), "\n"
