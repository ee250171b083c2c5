"""A candidate beside the version that it would replace, as text: metrics with their difference, params that
differ.
"""

from __future__ import annotations

from textual.content import Content

from tui_tracker.model import formats
from tui_tracker.model.promotion import Comparison, MetricDifference, ParamDifference, RunValues
from tui_tracker.widgets.aligned import QUIET, Cell, aligned

_VERDICTS = {"better": ("▲ better", "$success"), "worse": ("▼ worse", "$error")}
_MISSING = "—"
# More lines than this are told as a number.
MOST_LINES = 100
_WIDEST = 28


def metrics_text(comparison: Comparison, holder: str, candidate: str) -> Content:
    """A table of the metrics of both versions; their names, `v3` and `v4`, are its headings."""
    if not comparison.metrics:
        return Content.styled("neither logged a metric", QUIET)
    heading = [
        Cell("", QUIET),
        Cell(holder, QUIET, "right"),
        Cell(candidate, QUIET, "right"),
        Cell("change", QUIET, "right"),
        Cell("", QUIET),
    ]
    rows = [_metric_row(metric) for metric in comparison.metrics[:MOST_LINES]]
    return _told(aligned([heading, *rows], widest=_WIDEST), len(comparison.metrics))


def params_text(comparison: Comparison, holder: str, candidate: str) -> Content:
    """A table of the params that differ, and how many do not."""
    shared = f"{comparison.shared_params} params are the same" if comparison.shared_params else ""
    if not comparison.params:
        return Content.styled(shared or "neither has a param", QUIET)
    heading = [Cell("", QUIET), Cell(holder, QUIET), Cell("", QUIET), Cell(candidate, QUIET)]
    table = aligned([heading, *map(_param_row, comparison.params[:MOST_LINES])], widest=_WIDEST)
    table = _told(table, len(comparison.params))
    return Content.assemble(table, ("\n" + shared, QUIET)) if shared else table


def values_text(values: RunValues) -> tuple[Content, Content]:
    """Metrics and params of a run that there is nothing to compare with."""
    metrics = [
        [Cell(name), Cell(formats.number(value), align="right")] for name, value in values.metrics.items()
    ]
    params = [[Cell(name), Cell(value)] for name, value in values.params.items()]
    nothing = Content.styled("none", QUIET)
    return (
        _told(aligned(metrics[:MOST_LINES], widest=_WIDEST), len(metrics)) if metrics else nothing,
        _told(aligned(params[:MOST_LINES], widest=_WIDEST), len(params)) if params else nothing,
    )


def _metric_row(metric: MetricDifference) -> list[Cell]:
    verdict, style = _VERDICTS[metric.verdict] if metric.verdict else ("", QUIET)
    return [
        Cell(metric.name),
        Cell(_number(metric.holder), QUIET, "right"),
        Cell(_number(metric.candidate), "bold $foreground", "right"),
        Cell(
            formats.signed(metric.delta) if metric.delta else "=" if metric.delta == 0 else "", style, "right"
        ),
        Cell(verdict, style),
    ]


def _param_row(param: ParamDifference) -> list[Cell]:
    return [
        Cell(param.name),
        Cell(_MISSING if param.holder is None else param.holder, QUIET),
        Cell("→", QUIET),
        Cell(_MISSING if param.candidate is None else param.candidate, "bold $foreground"),
    ]


def _number(value: float | None) -> str:
    return _MISSING if value is None else formats.number(value)


def _told(table: Content, total: int) -> Content:
    if total <= MOST_LINES:
        return table
    return Content.assemble(table, (f"\nshowing {MOST_LINES} of {total:,}", QUIET))
