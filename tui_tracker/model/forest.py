"""Which params matter to a random forest that predicts a metric from all of them together.

Five times, a forest of regression trees (Breiman, "Random forests", Machine Learning 45 (2001)) learns from four fifths
of the runs and predicts the rest. The importance of a param is how much the share of the variance that is predicted (R
squared, over all runs, each predicted by the forest that has not seen it) falls when its values are dealt out anew
among those that were held back together. Categories are one column each, dealt out together; numbers stand as they
are, and what a run does not have is a column of its own beside the median. Needs scikit-learn, which comes with the
extra `importance`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui_tracker.model.variables import Variable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST_RUNS = 20
MOST_RUNS = 2_000
MOST_CATEGORIES = 50
_FOLDS = 5
_TREES = 100
_DEALS = 3


class ForestError(ValueError):
    """No forest can be grown: one sentence that says why."""


@dataclass(frozen=True)
class Forest:
    """What the forests found."""

    runs: int
    """that have the metric, and were learned from or predicted"""
    predicted: float
    """R squared of runs that were held back; 0 or less: nothing is predicted"""
    importances: dict[str, float]
    """by param, how much of R squared it is worth; may be a little below 0, which is 0"""

    @property
    def words(self) -> str:
        """How far it can be trusted."""
        text = f"forest, {self.runs:,} runs: R² {self.predicted:.2f} of runs held back"
        if self.predicted <= 0.1:
            return f"{text}: it predicts nothing, so its importances mean nothing"
        return f"{text}; a param's importance is what R² loses without it"


def grow(metric: Variable, params: Sequence[Variable]) -> Forest:
    """Takes seconds: call it in a thread. Raises ForestError."""
    known = [place for place, value in enumerate(metric.numbers) if not math.isnan(value)][:MOST_RUNS]
    usable = [param for param in (param.at(known) for param in params) if _is_usable(param)]
    if len(known) < FEWEST_RUNS:
        raise ForestError(
            f"a forest needs {FEWEST_RUNS} runs that have {metric.label}; there are {len(known)}"
        )
    if not usable:
        raise ForestError("no param differs in these runs")
    try:
        import numpy as np
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import KFold
    except ImportError:
        raise ForestError("a forest needs scikit-learn: pip install 'tui-tracker[importance]'") from None
    columns = [_columns(param) for param in usable]
    features = np.hstack(columns)
    ends = np.cumsum([0, *(part.shape[1] for part in columns)])
    target = np.array(metric.at(known).numbers, dtype=np.float64)
    if not target.std() > 0:
        raise ForestError(f"{metric.label} is the same in all {len(known)} runs")
    total = float(np.square(target - target.mean()).sum())
    missed, dealt = 0.0, np.zeros(len(usable))
    dealer = np.random.default_rng(0)
    for learned, held in KFold(_FOLDS, shuffle=True, random_state=0).split(features):
        forest = RandomForestRegressor(_TREES, min_samples_leaf=2, max_features=0.5, random_state=0, n_jobs=1)
        forest.fit(features[learned], target[learned])
        missed += _missed(forest, features[held], target[held])
        parts = zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
        dealt += [
            _missed_without(forest, features[held], target[held], slice(start, end), dealer)
            for start, end in parts
        ]
    keys = [param.field.key for param in usable]
    losses = ((dealt - missed) / total).tolist()
    return Forest(len(known), 1 - missed / total, dict(zip(keys, losses, strict=True)))


def _is_usable(param: Variable) -> bool:
    if param.is_numeric:
        return not param.is_constant
    return 1 < len(param.distinct) <= MOST_CATEGORIES


def _columns(param: Variable) -> Floats:
    """Runs x columns."""
    import numpy as np

    numbers = np.array(param.numbers, dtype=np.float64)
    missing = np.isnan(numbers)
    if param.is_numeric:
        filled = np.where(missing, statistics.median(numbers[~missing].tolist()), numbers)
        return np.column_stack([filled, missing]) if missing.any() else filled[:, None]
    return np.column_stack([numbers == place for place in range(len(param.distinct))]).astype(np.float64)


def _missed(forest: Any, features: Floats, target: Floats) -> float:
    """The sum of the squared errors."""
    import numpy as np

    return float(np.square(target - forest.predict(features)).sum())


def _missed_without(forest: Any, features: Floats, target: Floats, part: slice, dealer: Any) -> float:
    """The same, when some columns are dealt out anew among the runs, together: the mean of some deals."""
    missed = 0.0
    for _ in range(_DEALS):
        dealt = features.copy()
        dealt[:, part] = features[dealer.permutation(len(features)), part]
        missed += _missed(forest, dealt, target) / _DEALS
    return missed
