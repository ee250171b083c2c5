"""The filter language: what a person types, as one bound SQL condition.

    val/acc > 0.92                              a bare name: an attribute, else a metric, a param, a tag
    min(val/loss) < 0.2                         also max first last count step min_step max_step nans
    lr in (1e-3, 3e-4) and not status = failed  `lr = 1e-3` compares numbers, `lr = '1e-3'` text
    note like "%aug%" and started > 30d ago     LIKE minds the case, ILIKE does not
    duration > 1h30m and tag:best_so_far        param:x, metric:x, tag:x alone: the run has it
    otter "val acc"                             free words and phrases: name, id, note and tags

MLflow's `search_runs` strings are valid as they stand (``metrics.`val/acc` > 0.9 AND params.lr = '0.001'``).
Where the meaning is ours to choose:

- `not` binds tighter than `and`, which binds tighter than `or`; terms side by side are joined by `and`.
- A comparison is true or false, never unknown: one that asks for what a run does not have is false, also with
  `!=`, and so `not lr = 1` holds for runs without an lr while `lr != 1` does not. `is null` asks whether it
  is missing.
- A NaN differs from every number and has no order; `x = nan` finds it, and it is not null.
- Text is equal when it is the same; an unquoted word minds no case in ASCII letters. `<` and its kin order
  numbers, times and durations; against text they are an error, as in MLflow.
- A time is `now`, `2h ago`, `today`, `yesterday`, a local date (`2026-10-01`, `2026-10-01T12:00`, with Z or
  +02:00 elsewhere) or a number: epoch seconds, or milliseconds from 1e11 on (MLflow's). Order is against the
  moment it begins; `=` means within that day, minute, second or millisecond.
- A free word is looked for in the run's name, note and tag values, and at the start of its id, whatever its
  case; that it is also the name of a tag makes no difference: `tag:word` asks for that.
- `and`, `or`, `not` and the comparisons are words of the language; in quotes they are words like any other.

Text becomes bound values and nothing else; lengths, depths and counts are limited below what SQLite can take.
"""

from logger.store.query.compiler import (
    EVERYTHING,
    Filter,
    Vocabulary,
    compile_filter,
    compile_for,
    compile_order,
)
from logger.store.query.complete import Completion, complete
from logger.store.query.errors import FilterError
from logger.store.query.spelling import quote, spell

__all__ = [
    "EVERYTHING",
    "Completion",
    "Filter",
    "FilterError",
    "Vocabulary",
    "compile_filter",
    "compile_for",
    "compile_order",
    "complete",
    "quote",
    "spell",
]
