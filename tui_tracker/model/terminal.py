"""What the terminal can show, as far as the environment tells."""

from __future__ import annotations

import os
from collections.abc import Mapping

# The first of these that is set decides which characters there are.
_LOCALE_VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")


def is_dumb(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether it can only print one line after another."""
    return environment.get("TERM") == "dumb"


def has_unicode(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether its characters are more than ASCII; a locale that is not set says nothing against it."""
    locale = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), "")
    name, _, codeset = locale.partition("@")[0].partition(".")
    return "utf" in codeset.lower() if codeset else name not in ("C", "POSIX")
