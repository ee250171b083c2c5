"""Printed bytes to lines of a record: what a progress bar drew over itself is reduced to its last state.

A carriage return, a backspace, an erased line and a cursor that goes up are followed as far as bars use them. Lines are
finished, and never change again, at their line break, unless the stream has moved its cursor up lately: then the last
`_HELD` of them stay open, since they may be drawn over, until another stream prints a line. Other escape sequences stay
in the text as they are.
"""

from __future__ import annotations

import re

# As many lines as a display that is drawn over and over has at most.
_HELD = 32
# A line that is longer is broken here, so that output without any line break is bounded in memory.
LONGEST = 64 * 1024

_STEERING = re.compile(rb"\r\n|[\r\x08\n]|\x1b\[([0-9]*)(?:;[0-9]*)?([A-HJKf])")
_DRAWS_OVER = re.compile(rb"[\r\x08]|\x1b\[[0-9;]*[A-HJKf]")
_GOES_UP = re.compile(rb"\x1b\[[0-9]*[AF]")
_BEGUN = re.compile(rb"\x1b(?:\[[0-9;]{0,12})?\Z")
_LAST_CHARACTER = re.compile(rb"[\x00-\x7f\xc0-\xff][\x80-\xbf]*\Z")


class Lines:
    """The lines of one stream."""

    def __init__(self) -> None:
        self._rows: list[bytes] = [b""]
        self._row = 0
        self._replacing = False
        """whether the cursor is at the row's begin, so that text replaces the row"""
        self._since_up = _HELD + 1
        """line breaks since the cursor went up"""
        self._begun = b""
        """a sequence of which the end has not come yet"""

    def feed(self, data: bytes) -> bytes:
        """Take printed bytes; returns the lines that are finished by them, each with its line break."""
        data = self._begun + data
        begun = _BEGUN.search(data, len(data) - 16) if b"\x1b" in data[-16:] else None
        self._begun = begun[0] if begun else b""
        if begun:
            data = data[: begun.start()]
        if len(self._rows) == 1 and not self._replacing and not _draws_over(data):
            return self._append(data)
        if _GOES_UP.search(data):
            self._since_up = 0
        finished: list[bytes] = []
        place = 0
        for found in _STEERING.finditer(data):
            self._put(data[place : found.start()])
            place = found.end()
            self._steer(found, finished)
        self._put(data[place:])
        return b"".join(finished)

    def open_rows(self) -> list[bytes]:
        """What is not finished, without the empty rows at the end."""
        rows = list(self._rows)
        while rows and not rows[-1].strip():
            rows.pop()
        return rows

    @property
    def holds_several(self) -> bool:
        """Whether finished lines are kept open, since they may be drawn over."""
        return len(self._rows) > 1

    def end(self) -> bytes:
        """Finish everything; returns what was open."""
        self._put(self._begun)
        rows = self.open_rows()
        self.__init__()  # type: ignore[misc]
        return b"".join(row + b"\n" for row in rows)

    def _append(self, data: bytes) -> bytes:
        """The usual case: nothing is drawn over."""
        finished, line_break, rest = data.rpartition(b"\n")
        if line_break:
            finished = self._rows[0] + finished + line_break
            self._rows[0] = rest
        else:
            self._rows[0] += rest
        if len(self._rows[0]) > LONGEST:
            finished += self._rows[0] + b"\n"
            self._rows[0] = b""
        return finished

    def _put(self, text: bytes) -> None:
        if not text:
            return
        self._rows[self._row] = text if self._replacing else self._rows[self._row] + text
        self._replacing = False

    def _steer(self, found: re.Match[bytes], finished: list[bytes]) -> None:
        control = found[2] or found[0]
        count = int(found[1] or 1) if found[2] else 1
        if control in (b"\n", b"\r\n"):
            self._break_line(finished)
        elif control == b"\r" or (control == b"G" and count <= 1):
            self._replacing = True
        elif control == b"\x08":
            self._rows[self._row] = _LAST_CHARACTER.sub(b"", self._rows[self._row])
        elif control in (b"A", b"F"):
            self._row = max(0, self._row - count)
            self._replacing = True
            self._since_up = 0
        elif control in (b"B", b"E"):
            self._row = min(len(self._rows) - 1, self._row + count)
            self._replacing = True
        elif control == b"K":
            # Without a number it erases what is right of the cursor, which stands at one end of the row.
            if self._replacing or found[1] in (b"1", b"2"):
                self._rows[self._row] = b""
        elif control == b"J":
            del self._rows[self._row + 1 :]
            if self._replacing:
                self._rows[self._row] = b""

    def _break_line(self, finished: list[bytes]) -> None:
        self._row += 1
        self._since_up += 1
        self._replacing = self._row < len(self._rows)
        if not self._replacing:
            self._rows.append(b"")
        held = _HELD if self._since_up <= _HELD else 1
        surplus = min(len(self._rows) - held, self._row)
        if surplus > 0:
            finished.extend(row + b"\n" for row in self._rows[:surplus])
            del self._rows[:surplus]
            self._row -= surplus


def _draws_over(data: bytes) -> bool:
    """Whether there is anything to follow; nearly always a search for three bytes tells that there is not."""
    may = b"\r" in data or b"\x1b" in data or b"\x08" in data
    return may and _DRAWS_OVER.search(data) is not None
