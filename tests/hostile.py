"""Text that tries to be more than text: escape sequences, markup, invisible characters, megabytes."""

from __future__ import annotations

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


def assert_harmless(text: str) -> None:
    """Nothing in it moves a cursor, turns the direction of writing, or cannot be seen."""
    controls = [character for character in text if ord(character) < 32 and character != "\n"]
    assert not controls
    assert not any("\x7f" <= character <= "\x9f" for character in text)
    assert not any(character in text for character in "\u202e\u200b\u2028\U000e0041")
