"""Pictures of curves in outline are those of all their points, to the last dot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from logger.store import chunks, runs
from logger.store.columns import Points
from logger.store.connection import StoreError, open_writer, transaction
from logger.store.locate import for_writing
from tests.sample import NOW
from tui_tracker.model.growing import Growing, History
from tui_tracker.model.outlined import Outlined
from tui_tracker.plotting.chart import MetricCurve, curves_of
from tui_tracker.plotting.figure import plot
from tui_tracker.plotting.layers import Layers
from tui_tracker.plotting.spec import ChartSpec, View, XAxis

CHUNK = 2048
STEP = XAxis.STEP


@dataclass
class Pair:
    """One history whole, and in outline."""

    whole: History
    outline: History
    opened: list[int]
    """a length for each chunk that was read while pictures were drawn"""


class Stores:
    """One run whose series are made as they are needed."""

    def __init__(self, directory: Path) -> None:
        self.database = open_writer(for_writing(directory / ".tracker"))
        with transaction(self.database):
            self.run_id = runs.start(self.database, "a" * 32, {"name": "long", "started": NOW})
        self._names = count()

    def pair(
        self, steps: list[int], times: list[int], values: list[float], fails: bool = False, room: int = 10**6
    ) -> Pair:
        points = Points()
        for step, time, value in zip(steps, times, values, strict=True):
            points.append(step, time, value)
        with transaction(self.database):
            (series_id,) = self.database.execute(
                "INSERT INTO series (run_id, key, n) VALUES (?, ?, ?) RETURNING id",
                (self.run_id, f"m{next(self._names)}", len(points)),
            ).fetchone()
            for start in range(0, len(points), CHUNK):
                chunks.add(self.database, [(series_id, points[start : start + CHUNK])])
        opened: list[int] = []

        def ask(question: Callable[..., Points]) -> Points:
            if fails:
                raise StoreError("it is gone")
            found = question(self.database)
            opened.append(len(found))
            return found

        outlined = Outlined(self.database, series_id, ask)  # type: ignore[arg-type]
        whole = Growing()
        whole.extend(points)
        return Pair(whole.history, outlined.show(self.database, None, room), opened)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    found = Stores(tmp_path_factory.mktemp("exact"))
    with closing(found.database):
        yield found


def picture(history: History, view: View, size: tuple[int, int]) -> str:
    """All but the title row; on a logarithmic axis without the run's mark.

    How many values such an axis cannot show, and which of the others is the last, is not known within blocks.
    """
    metric = MetricCurve(
        "r", "r", history.steps, history.times_ms, history.values, NOW, history.levels, history.blocks
    )
    drawn = plot(view.chart("loss", *size), curves_of([metric], view.x_axis, {}))
    if not view.log_y or drawn.x_scale is None or drawn.y_scale is None:
        return drawn.drawing().text().partition("\n")[2]
    x_scale, y_scale = drawn.x_scale, drawn.y_scale
    ends = (x_scale.low, x_scale.high), (y_scale.low, y_scale.high)
    line = Layers(drawn.spec, *ends, x_scale.dots, y_scale.dots).draw(drawn.curves[0]).line
    return "\n".join("".join(map(chr, row)) for row in line.tolist())


def shape(kind: str, n: int, random: np.random.Generator) -> list[float]:
    place = np.arange(n)
    made = {
        "rising": place / n * 7.0,
        "stairs": np.floor(place / 300.0),
        "noise": random.normal(size=n),
        "wandering": random.normal(size=n).cumsum(),
        "spikes": np.where(random.random(n) < 3 / n, random.normal(size=n) * 50, np.sin(place / 900)),
        "positive": np.exp(random.normal(size=n) * 3 - place / n),
        "holes": np.where(random.random(n) < 2 / n, np.nan, random.normal(size=n).cumsum()),
    }[kind]
    found: list[float] = made.tolist()
    return found


def steps_of(kind: str, n: int, random: np.random.Generator) -> list[int]:
    place = np.arange(n)
    made = {
        "regular": place,
        "repeated": place // 7,
        "irregular": random.geometric(0.02, n).cumsum(),
        "pauses": place + 40 * n * (place > n // 3) + 10 * n * (place > n // 2),
        "resumed": np.where(place < n // 2, place, place - n // 4),
        "again and again": place % (n // 25),
        "a step back": np.where(place == n // 2, 0, place),
    }[kind]
    found: list[int] = made.tolist()
    return found


SHAPES = st.sampled_from(["rising", "stairs", "noise", "wandering", "spikes", "positive", "holes"])
STEPS = st.sampled_from(
    ["regular", "repeated", "irregular", "pauses", "resumed", "again and again", "a step back"]
)
ENDS = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)).filter(lambda ends: abs(ends[0] - ends[1]) > 0.01)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 10_000),
    st.integers(3_000, 8_000),
    SHAPES,
    STEPS,
    st.booleans(),
    st.none() | ENDS,
    st.sampled_from([0, 1]),
    st.tuples(st.integers(24, 90), st.integers(8, 40)),
)
@example(1, 9_000, "noise", "again and again", False, None, 0, (80, 30))
@example(1, 9_000, "wandering", "pauses", False, None, 0, (80, 30))
@example(1, 9_000, "rising", "regular", True, (0.3, 0.7), 0, (60, 20))
def test_a_picture_from_the_outline_is_that_of_all_points(
    stores: Stores,
    seed: int,
    n: int,
    shape_kind: str,
    steps_kind: str,
    by_time: bool,
    ends: tuple[float, float] | None,
    log_y: int,
    size: tuple[int, int],
) -> None:
    random = np.random.default_rng(seed)
    steps, values = steps_of(steps_kind, n, random), shape(shape_kind, n, random)
    times = [int(NOW * 1000) + place * 20 + (5_000 if place > n // 4 else 0) for place in range(n)]
    pair = stores.pair(steps, times, values)
    window = None
    if ends is not None:
        x = np.array(times) / 1000 - NOW if by_time else np.array(steps, dtype=float)
        low, high = (float(x.min() + (x.max() - x.min()) * end) for end in sorted(ends))
        window = low, high
    view = View(x_axis=XAxis.RELATIVE if by_time else XAxis.STEP, window=window, log_y=bool(log_y))
    assert picture(pair.outline, view, size) == picture(pair.whole, view, size)


def test_few_chunks_are_read_and_none_twice(stores: Stores) -> None:
    n = 50 * CHUNK
    values = np.random.default_rng(0).normal(size=n).tolist()
    pair = stores.pair(list(range(n)), list(range(n)), values)
    view = View()
    assert picture(pair.outline, view, (40, 20)) == picture(pair.whole, view, (40, 20))
    assert len(pair.opened) < 25
    first = len(pair.opened)
    picture(pair.outline, view, (40, 20))
    assert len(pair.opened) == first


def test_where_the_points_cannot_be_read_the_outline_is_drawn(stores: Stores) -> None:
    n = 4 * CHUNK
    values = np.random.default_rng(0).normal(size=n).cumsum().tolist()
    pair = stores.pair(list(range(n)), list(range(n)), values, fails=True)
    drawn = picture(pair.outline, View(), (60, 20))
    assert drawn == picture(replace(pair.outline, blocks=None), View(), (60, 20))
    # Otherwise the blocks decide nothing and the tests above say nothing.
    assert drawn != picture(pair.whole, View(), (60, 20))


def test_a_smoothed_line_keeps_the_exact_one_behind_it(stores: Stores) -> None:
    n = 8 * CHUNK
    values = np.random.default_rng(1).normal(size=n).cumsum().tolist()
    pair = stores.pair(list(range(n)), list(range(n)), values)
    curves = [
        curves_of([MetricCurve("r", "r", h.steps, h.times_ms, h.values, NOW, h.levels, h.blocks)], STEP, {})
        for h in (pair.outline, pair.whole)
    ]
    outline, whole = (
        Layers(
            ChartSpec(title="loss", width=60, height=20, smoothing=0.5),
            (0.0, n - 1.0),
            (-300.0, 300.0),
            50,
            16,
        )
        for _ in curves
    )
    thin = outline.draw(outline.exact(curves[0][0].smoothed(0.5)))
    full = whole.draw(curves[1][0].smoothed(0.5))
    assert thin.faint is not None and full.faint is not None
    assert np.array_equal(thin.faint, full.faint)


def test_without_room_for_its_blocks_a_curve_is_drawn_from_its_outline(stores: Stores) -> None:
    n = 4 * CHUNK
    values = np.random.default_rng(0).normal(size=n).cumsum().tolist()
    pair = stores.pair(list(range(n)), list(range(n)), values, room=10 * 256)
    drawn = picture(pair.outline, View(), (60, 20))
    assert drawn == picture(replace(pair.outline, blocks=None), View(), (60, 20))
    assert not pair.opened
