"""Curves of millions of points: drawn from their outline, whole where one zooms in."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from logger.store import runs, series
from logger.store.connection import writing
from logger.store.locate import for_writing
from tests.sample import NOW, points
from tests.screens.driving import until, viewer
from tui_tracker.model import histories, outlined
from tui_tracker.screens.explorer import ExplorerScreen

CHUNK = 4096


def _steps_shown(screen: ExplorerScreen) -> set[int]:
    grid = screen.charts
    plots = [chart.plot for chart in grid.charts if chart.plot is not None] if grid else []
    return {int(step) for plot in plots for curve in plot.curves for step in curve.x}


async def test_zooming_into_a_long_curve_reads_what_is_in_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "OUTLINE_FROM", 2 * CHUNK)
    # So short a curve has few points in a column, and its picture would want all of its blocks.
    monkeypatch.setattr(outlined, "BLOCK", 10**9)
    store = for_writing(tmp_path / ".tracker")
    with writing(store) as database:
        run_id = runs.start(database, "a" * 32, {"name": "long", "started": NOW})
        for first in range(0, 10 * CHUNK, CHUNK):
            values = [math.sin(step) for step in range(first, first + CHUNK)]
            series.append(database, run_id, {"loss": points(values, start=NOW + first, first_step=first)}, {})
            series.compact(database, run_id)
    async with viewer(store, size=(220, 60)) as (screen, pilot):
        await until(pilot, lambda: _steps_shown(screen))
        far = _steps_shown(screen)
        assert len(far) < CHUNK
        grid = screen.charts
        assert grid is not None
        grid.zoom(20.0, around=5.0 * CHUNK)
        assert grid.view.window is not None
        low, high = grid.view.window
        await until(pilot, lambda: set(range(math.ceil(low), int(high))) <= _steps_shown(screen))
        assert len(_steps_shown(screen)) < 3 * CHUNK
        grid.reset_view()
        await until(pilot, lambda: _steps_shown(screen) == far)
