"""What a person chose to see of many runs: which picture, of which fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from logger.store.fields import Field
from tui_tracker.model.plot_kind import PlotKind
from tui_tracker.model.variables import Sample, Variable, telling_metric, varying_params

Role = Literal["x", "y", "colour", "line_colour", "group"]

# Axes of parallel coordinates at first, and groups that boxes are worth drawing of.
_FIRST_AXES = 6
_MOST_GROUPS = 24


@dataclass(frozen=True)
class PlotChoice:
    """Fields are None until a sample has been seen, or where there is none of their kind."""

    kind: PlotKind = "scatter"
    x: Field | None = None
    y: Field | None = None
    """the metric, in every picture"""
    colour: Field | None = None
    """of the points of a scatter plot"""
    line_colour: Field | None = None
    """of the lines of parallel coordinates"""
    group: Field | None = None
    axes: tuple[Field, ...] = ()
    log_x: bool = False
    log_y: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """What has to be read for it, beside the params."""
        one = (
            field
            for field in (self.x, self.y, self.colour, self.line_colour, self.group)
            if field is not None
        )
        return tuple(dict.fromkeys((*one, *self.axes)))

    def field_of(self, role: Role) -> Field | None:
        """What a role is given to."""
        fields: dict[Role, Field | None] = {
            "x": self.x,
            "y": self.y,
            "colour": self.colour,
            "line_colour": self.line_colour,
            "group": self.group,
        }
        return fields[role]

    def with_field(self, role: Role, field: Field | None) -> PlotChoice:
        """With another field in a role."""
        if role == "x":
            return replace(self, x=field)
        if role == "y":
            return replace(self, y=field)
        if role == "group":
            return replace(self, group=field)
        return replace(self, colour=field) if role == "colour" else replace(self, line_colour=field)

    def completed(self, sample: Sample) -> PlotChoice:
        """With fields where none are chosen: the metric that tells most, the params that differ."""
        varying = [variable.field for variable in varying_params(sample)]
        y = self.y or telling_metric(sample.names)
        x = self.x or _first_number(varying_params(sample)) or Field("attribute", "started")
        group = self.group or _first_grouping(varying_params(sample)) or Field("attribute", "experiment")
        axes = self.axes or (*varying[:_FIRST_AXES], *([y] if y is not None else []))
        # Once axes are chosen, lines without a colour are what a person wants.
        line_colour = self.line_colour if self.axes else y
        return replace(self, x=x, y=y, group=group, axes=axes, line_colour=line_colour)


def _first_number(varying: list[Variable]) -> Field | None:
    return next((variable.field for variable in varying if variable.is_numeric), None)


def _first_grouping(varying: list[Variable]) -> Field | None:
    """The first param with few values, text before numbers."""
    few = [variable for variable in varying if len(variable.distinct) <= _MOST_GROUPS]
    return next(
        (variable.field for variable in few if not variable.is_numeric), few[0].field if few else None
    )
