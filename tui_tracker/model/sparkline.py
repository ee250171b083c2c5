"""A curve in one line of text."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.-=+*#@"
# Of a longer series so many points, evenly taken, tell its shape in one line.
_MOST_POINTS = 8192


def sparkline(values: Sequence[float], width: int, bars: str = BARS) -> str:
    """Values in their order as at most `width` bars, each the mean of an equal part of them.

    Of a part without a finite value there is a gap; of no finite value at all, nothing.
    """
    chosen = values[:: max(1, len(values) // _MOST_POINTS)]
    count = min(width, len(chosen))
    edges = [place * len(chosen) // count for place in range(count + 1)] if count else []
    means = [_mean(chosen[start:end]) for start, end in itertools.pairwise(edges)]
    finite = [mean for mean in means if mean is not None]
    if not finite:
        return ""
    # Halved, lest the distance between the two ends of the number range be infinite.
    low, high = min(finite) / 2, max(finite) / 2
    span, top = high - low, len(bars) - 1
    places = [
        None if mean is None else (mean / 2 - low) / span * top if span > 0 else top / 2 for mean in means
    ]
    return "".join(" " if place is None else bars[round(place)] for place in places)


def _mean(values: Sequence[float]) -> float | None:
    finite = [value for value in values if math.isfinite(value)]
    # Divided first, lest the sum be infinite.
    return math.fsum(value / len(finite) for value in finite) if finite else None
