"""The pictures of many runs at once."""

from typing import Literal

PlotKind = Literal["scatter", "parallel", "boxes", "importance"]
PLOT_KINDS: tuple[PlotKind, ...] = ("scatter", "parallel", "boxes", "importance")
TITLES: dict[PlotKind, str] = {
    "scatter": "scatter",
    "parallel": "parallel coordinates",
    "boxes": "boxes",
    "importance": "what matters",
}
