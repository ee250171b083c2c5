"""From histories to the lines of charts: the same line objects as before where nothing changed, which costs nothing.

Lines stand for runs, or for groups of runs as a mean with a band; slots, which give colour and glyph, stay with them.
Loads numpy when it is first asked for a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui_tracker.model.chart_choice import Chart
from tui_tracker.plotting.palette import assign_slots
from tui_tracker.plotting.spec import View, XAxis

if TYPE_CHECKING:
    from tui_tracker.plotting.chart import ChartData, Curve, MetricCurve


@dataclass(frozen=True)
class RunGroup:
    """Runs that are shown as one line."""

    name: str
    """One line of plain text."""
    run_keys: tuple[str, ...]
    """What identifies the runs."""

    @property
    def key(self) -> str:
        """What identifies the line; never a run's."""
        return f"group {self.name}"


class CurveLines:
    """The lines of some charts."""

    def __init__(self) -> None:
        self._data: dict[str, ChartData] = {}
        self._groups: tuple[RunGroup, ...] = ()
        self._slots: dict[str, int] = {}
        self._curves: dict[tuple[str, str], tuple[MetricCurve, tuple[XAxis, str], Curve]] = {}
        self._bands: dict[tuple[str, str], tuple[tuple[object, ...], Curve]] = {}

    @property
    def slots(self) -> dict[str, int]:
        """The palette slot of each run, those of a group having the group's."""
        slots = dict(self._slots)
        for group in self._groups:
            slots.update(dict.fromkeys(group.run_keys, self._slots.get(group.key, 0)))
        return {key: slot for key, slot in slots.items() if not key.startswith("group ")}

    @property
    def read(self) -> set[str]:
        """The metrics whose histories were read."""
        return {title for title, data in self._data.items() if data.curves}

    @property
    def groups(self) -> tuple[RunGroup, ...]:
        """The groups; without any, every run has a line of its own."""
        return self._groups

    def set_data(self, charts: Sequence[ChartData]) -> None:
        """Take histories, one chart's data for each metric; forget those of others."""
        self._data = {data.title: data for data in charts}
        wanted = {(data.title, curve.run_key) for data in charts for curve in data.curves}
        self._curves = {key: entry for key, entry in self._curves.items() if key in wanted}
        self._bands = {key: entry for key, entry in self._bands.items() if key[0] in self._data}
        self._assign()

    def set_groups(self, groups: Iterable[RunGroup]) -> None:
        """Show these groups of runs, each as one line; none for a line a run."""
        self._groups = tuple(groups)
        self._bands.clear()
        self._assign()

    def has_points(self, chart: Chart, view: View) -> bool:
        """Whether the histories of a chart were read."""
        needed = [member.title for member in chart.members]
        if view.x_axis is XAxis.METRIC and view.x_metric in self._data:
            needed.append(view.x_metric)
        return all(self._data[title].curves for title in needed if title in self._data)

    def of(self, chart: Chart, view: View) -> list[Curve]:
        """Return the lines of a chart in a view."""
        across = self._across(view)
        found = []
        for place, member in enumerate(chart.members):
            data = self._data.get(member.title)
            metrics = data.curves if data is not None else ()
            if member.variant:
                metrics = tuple(
                    replace(metric, variant=member.variant, dashed=place > 0) for metric in metrics
                )
            if across is not None:
                metrics = tuple(replace(metric, across=across.get(metric.run_key)) for metric in metrics)
            found += (
                self._grouped(member.title, metrics, view)
                if self._groups
                else [self._line(member.title, metric, view) for metric in metrics]
            )
        return found

    def _assign(self) -> None:
        keys = (
            [group.key for group in self._groups]
            if self._groups
            else [curve.run_key for data in self._data.values() for curve in data.curves]
        )
        self._slots = assign_slots(keys, self._slots)

    def _across(self, view: View) -> Mapping[str, MetricCurve] | None:
        """The histories of the metric along the x axis, by run; None where something else runs along it."""
        if view.x_axis is not XAxis.METRIC:
            return None
        data = self._data.get(view.x_metric)
        return {curve.run_key: curve for curve in data.curves} if data is not None else {}

    def _line(self, title: str, metric: MetricCurve, view: View) -> Curve:
        from tui_tracker.plotting.chart import curves_of

        axis, slot = (view.x_axis, view.x_metric), self._slots.get(metric.run_key, 0)
        known = self._curves.get((title, metric.run_key))
        if known is None or known[1] != axis or known[2].slot != slot or not known[0].same_as(metric):
            (curve,) = curves_of([metric], view.x_axis, {metric.run_key: slot})
            known = self._curves[title, metric.run_key] = (metric, axis, curve)
        return known[2]

    def _grouped(self, title: str, metrics: Sequence[MetricCurve], view: View) -> list[Curve]:
        from tui_tracker.plotting.bands import band

        by_run = {metric.run_key: metric for metric in metrics}
        found = []
        for group in self._groups:
            members = [self._line(title, by_run[key], view) for key in group.run_keys if key in by_run]
            if not members:
                continue
            slot = self._slots[group.key]
            # Curves count by identity: they are the same objects where nothing changed.
            made_of = (view.spread, slot, *members)
            known = self._bands.get((title, group.key))
            if (
                known is None
                or len(known[0]) != len(made_of)
                or any(
                    mine is not theirs and mine != theirs
                    for mine, theirs in zip(known[0], made_of, strict=True)
                )
            ):
                variant = members[0].label.removeprefix(by_run[members[0].key].run_label)
                label = f"{group.name}{variant} ({len(members)})"
                line = band(group.key, label, slot, members, view.spread)
                line = replace(line, dashed=members[0].dashed)
                known = self._bands[title, group.key] = (made_of, line)
            found.append(known[1])
        return found
