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


def is_light(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether its ground is light, as far as COLORFGBG tells: `foreground;background`, numbers of the palette."""
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    return ground in ("7", "15")


def has_few_colours(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether it has sixteen colours at most, as far as COLORTERM and TERM tell."""
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return False
    name = environment.get("TERM", "")
    return name in ("linux", "ansi", "vt100", "vt220", "xterm", "xterm-color", "screen", "xterm-16color")


def fitting_theme(environment: Mapping[str, str] = os.environ) -> str:
    """Which of the themes suits it, where a person has chosen none."""
    if has_few_colours(environment):
        return "ansi"
    return "light" if is_light(environment) else "dark"
