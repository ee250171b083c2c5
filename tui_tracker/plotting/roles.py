"""What a cell of a picture is: the roles that become styles on the screen."""

TEXT, TITLE, NOTE, AXIS, TICK, GRIDLINE, CURSOR, READOUT = range(8)
"""Roles of what is not a line; blanks have TEXT."""

SERIES = 16
"""Role of the line, glyph and name of slot 0; slot n has SERIES + n."""

FAINT = 144
"""Role of the unsmoothed line of slot 0; slot n has FAINT + n."""

SLOTS = FAINT - SERIES
"""How many slots have roles of their own."""


def series_role(slot: int) -> int:
    """Return the role of a slot's line, glyph and name."""
    return SERIES + slot % SLOTS


def faint_role(slot: int) -> int:
    """Return the role of a slot's unsmoothed line."""
    return FAINT + slot % SLOTS
