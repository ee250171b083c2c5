"""What a script may log: names, numbers, steps and times, flattened and brought to the types that are stored."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

_LONGEST_PARAM = 64 * 1024


def checked_metrics(metrics: Mapping[str, Any], step: Any, time_ms: Any) -> tuple[dict[str, float], int, int]:
    """Metrics flattened and made floats, or an error that says which one is wrong."""
    values: dict[str, float] = {}
    for key, value in flat(metrics):
        if isinstance(value, (str, bytes)) or not (
            hasattr(value, "__float__") or hasattr(value, "__index__")
        ):
            raise TypeError(f"metric {key!r} must be a number, not {type(value).__name__}")
        try:
            values[key] = float(value)
        except OverflowError:
            raise ValueError(f"metric {key!r} is too large for a double: {str(value)[:40]}") from None
    whole = int(step)
    if whole != step or not -(2**63) <= whole < 2**63 - 1:
        raise ValueError(f"step must be a whole number of 64 bits, not {step!r}")
    if not 0 <= int(time_ms) < 2**63:
        raise ValueError(f"timestamp must be epoch milliseconds, not {time_ms!r}")
    return values, whole, int(time_ms)


def flat(values: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    """Names and values; a dict within nests into "a/b" names. Raises ValueError for what is no name."""
    for key, value in values.items():
        name = above + checked_name(key)
        if isinstance(value, Mapping):
            yield from flat(value, f"{name}/")
        else:
            yield name, value


def checked_name(key: Any) -> str:
    """A name as it is stored. Raises ValueError for what is not text, or blank."""
    if not isinstance(key, str) or not key.strip():
        raise ValueError(f"a name must be text that is not blank, not {key!r}")
    # What cannot be stored as UTF-8 must not be a name that no query can ask for.
    return key.encode("utf-8", "replace").decode()


def shortened(key: str, text: str) -> str:
    """The text of a param, cut with a warning to the caller's caller where it is longer than a param may be."""
    if len(text) <= _LONGEST_PARAM:
        return text
    warnings.warn(
        f"param {key!r} is {len(text)} characters long: the first {_LONGEST_PARAM} are kept; log_text keeps all of it",
        RuntimeWarning,
        stacklevel=3,
    )
    return text[:_LONGEST_PARAM]
