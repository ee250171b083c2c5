"""Text that tries to be more than text: escape sequences, markup, invisible characters, megabytes."""

from __future__ import annotations

import re

HOSTILE = [
    "\x1b[2J\x1b[1;1HPWN",
    "\x9b2J",
    "\x1bP$qm\x1b\\",
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "run[/]1",
    "[bold]",
    "[@click=app.quit]x[/]",
    "[link=http://e]x[/link]",
    "a\u202eb\u200bc\u2028d",
    "\U000e0041tag",
    "e" + "\u0301" * 2000,
    "long " * 100_000,
    "",
    "   ",
    "[",
    "\\[x",
]

# A few texts that hold all of it, for where every text would take too long: each kind stands at the beginning of one.
KINDS = [
    "".join(HOSTILE[:4]),
    "".join(HOSTILE[4:8]) + "[\\[x",
    "".join(HOSTILE[8:10]),
    HOSTILE[10],
    HOSTILE[11],
]

# Controls except the end of a line, a turn of the direction of writing, and what takes no place.
_HARMFUL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b\u2028\U000e0041]")


def assert_harmless(text: str) -> None:
    """Nothing in it moves a cursor, turns the direction of writing, or cannot be seen."""
    assert not _HARMFUL.search(text)
