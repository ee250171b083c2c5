"""Smoothing: an exponential moving average weighted by distance in x and free of the bias of its first value.

The formula is the one W&B documents for its "time weighted EMA" (docs.wandb.ai, "Smooth line plots"):

    w   = min(sqrt(smoothing), 0.999)
    w_i = w ** ((x_i - x_{i-1}) / range * 1000)      a step of the width of one of 1,000 pixels weighs w
    s_i = s_{i-1} * w_i + y_i                        from s_0 = y_0
    d_i = d_{i-1} * w_i + 1                          from d_0 = 1, the weights given so far
    smoothed_i = s_i / d_i

so the picture does not depend on how often a value was logged. Both sums are linear recurrences, solved in
blocks: the series is cut into about sqrt(n) rows of sqrt(n) values, all rows advance together one value at a
time with numpy, and what one row carries into the next is added afterwards. That is the plain loop's
arithmetic, without overflow for any weights, in a few hundred vectorised steps for a million points.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VIEWPORT = 1000.0
"""Into how many parts the range of x is cut; one part weighs `w`."""

MAX_WEIGHT = 0.999
"""The formula's limit, beyond which a line would be flat."""


def smooth(x: Floats, y: Floats, smoothing: float, x_range: float | None = None) -> Floats:
    """Return `y` smoothed, float64 of the same length; where x or y is not finite, y itself.

    `smoothing` is 0 (none) to 1. `x_range` is the width of the axis in x's unit, the range of x itself when
    not given. Distances count as positive, so steps that go back are smoothed like those that go on.
    """
    values: Floats = np.asarray(y, dtype=np.float64)
    finite = np.isfinite(values) & np.isfinite(x)
    if smoothing <= 0 or int(finite.sum()) < 2:
        smoothed: Floats = values.copy()
        return smoothed
    xs, ys = np.asarray(x, dtype=np.float64)[finite], values[finite]
    width = x_range if x_range is not None else float(np.max(xs) - np.min(xs))
    if not (width > 0 and math.isfinite(width)):
        width = VIEWPORT  # every point at one place: all weigh the same
    weight = min(math.sqrt(smoothing), MAX_WEIGHT)
    # Distances beyond the float range are infinitely far, which weighs nothing.
    with np.errstate(over="ignore", under="ignore"):
        decay = weight ** (np.abs(np.diff(xs, prepend=xs[0])) / width * VIEWPORT)
    scale = float(np.abs(ys).max()) or 1.0
    totals = _decayed_sums(ys / scale, decay)
    weights = _decayed_sums(np.ones_like(ys), decay)
    smoothed = values.copy()
    smoothed[finite] = totals / weights * scale
    return smoothed


def _decayed_sums(terms: Floats, decay: Floats) -> Floats:
    """Return s with s[0] = terms[0] and s[i] = s[i-1] * decay[i] + terms[i]."""
    rows = max(1, math.isqrt(len(terms)))
    length = -(-len(terms) // rows)
    padding = rows * length - len(terms)
    # One column a row of the series, so that each vectorised step reads neighbouring memory.
    sums = np.ascontiguousarray(np.pad(terms, (0, padding)).reshape(rows, length).T)
    reach = np.ascontiguousarray(np.pad(decay, (0, padding)).reshape(rows, length).T)
    with np.errstate(under="ignore"):
        for i in range(1, length):
            sums[i] += sums[i - 1] * reach[i]
            reach[i] *= reach[i - 1]
        carried = np.zeros(rows)
        for row in range(1, rows):
            carried[row] = sums[-1, row - 1] + reach[-1, row - 1] * carried[row - 1]
        sums += reach * carried
    joined: Floats = np.ascontiguousarray(sums.T).reshape(-1)[: len(terms)]
    return joined
