"""Reading what a run printed, without ever reading more than is looked at.

A row is a line that can be shown: those of the parts that are there, one that says what is missing between them, and
those that are not finished yet. Rows keep their numbers while the record grows, until a part is dropped. Every access
is a pread(2) of at most some 64 KB, so a file that is cut or deleted meanwhile gives fewer lines and no fault.
`logger.console.record` describes the files.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from logger.console.record import ENTRY, STDERR, STDOUT, STREAM_LETTERS

_ENTRIES_READ = 170
_BLOCKS_KEPT = 16
_SEARCHED_AT_ONCE = 1024 * 1024
# A longer line is shown up to here; it is whole in the file.
_LONGEST = 256 * 1024


@dataclass(frozen=True)
class Line:
    """One row of a console."""

    number: int
    """of the line among all that were printed, counted from 0; -1 for what stands for missing ones"""
    stream: int
    """0 for stdout, 1 for stderr"""
    time_ms: int
    """epoch milliseconds; 0 where it is not known"""
    text: bytes
    is_open: bool = False
    """whether it is not finished, and may change"""


@dataclass(frozen=True)
class Entry:
    """An entry of the index: what begins at a byte."""

    offset: int
    line: int
    time_ms: int
    stream: int


class _Part:
    """One part of a record: its log and its index."""

    def __init__(self, log: Path) -> None:
        """Raises OSError."""
        flags = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        self._log = os.open(log, flags)
        try:
            self._index = os.open(log.with_suffix(".idx"), flags)
        except OSError:
            os.close(self._log)
            raise
        self._pages: dict[int, bytes] = {}
        self._blocks: OrderedDict[int, list[bytes]] = OrderedDict()
        self.entries = self.size = self.count = 0
        self.first = 0
        """number of its first line"""
        self._counted = (0, 0)
        self.refresh()

    def close(self) -> None:
        os.close(self._log)
        os.close(self._index)

    def refresh(self) -> None:
        """See how far it has grown."""
        self.size = os.fstat(self._log).st_size
        self.entries = os.fstat(self._index).st_size // ENTRY.size
        while self.entries and self.entry(self.entries - 1).offset > self.size:
            self.entries -= 1
        if not self.entries:
            self.count = 0
            return
        self.first = self.entry(0).line
        last = self.entry(self.entries - 1)
        place, lines = self._counted
        if place < last.offset or place > self.size:
            place, lines = last.offset, last.line - self.first
        while place < self.size and (data := os.pread(self._log, _SEARCHED_AT_ONCE, place)):
            place += len(data)
            lines += data.count(b"\n")
        self._counted = place, lines
        self.count = lines

    def entry(self, number: int) -> Entry:
        page, within = divmod(number, _ENTRIES_READ)
        data = self._pages.get(page, b"")
        if len(data) < (within + 1) * ENTRY.size:
            data = os.pread(self._index, _ENTRIES_READ * ENTRY.size, page * _ENTRIES_READ * ENTRY.size)
            if len(data) < (within + 1) * ENTRY.size:
                return Entry(self.size, self.first + self.count, 0, STDOUT)
            if len(self._pages) > 64:
                self._pages.clear()
            self._pages[page] = data
        offset, line, stamp = ENTRY.unpack_from(data, within * ENTRY.size)
        return Entry(offset, line, stamp >> 1, stamp & 1)

    def _find(self, key: Callable[[Entry], int], wanted: int) -> int:
        """The last entry whose key is at most `wanted`."""
        low, high = 0, self.entries - 1
        while low < high:
            middle = (low + high + 1) // 2
            if key(self.entry(middle)) <= wanted:
                low = middle
            else:
                high = middle - 1
        return low

    def lines(self, start: int, stop: int) -> Iterator[Line]:
        """The lines from `start` to before `stop`, counted within this part."""
        if start >= min(stop, self.count):
            return
        place = self._find(lambda entry: entry.line, self.first + start)
        while place < self.entries and start < min(stop, self.count):
            entry = self.entry(place)
            for text in self._block(place)[self.first + start - entry.line :]:
                if start >= stop:
                    return
                yield Line(self.first + start, entry.stream, entry.time_ms, text)
                start += 1
            place += 1

    def _block(self, place: int) -> list[bytes]:
        """The lines from one entry to the next."""
        if place in self._blocks:
            self._blocks.move_to_end(place)
            return self._blocks[place]
        begin = self.entry(place).offset
        closed = place + 1 < self.entries
        end = self.entry(place + 1).offset if closed else self.size
        lines = os.pread(self._log, end - begin, begin).split(b"\n")[:-1]
        lines = [line if len(line) <= _LONGEST else line[:_LONGEST] for line in lines]
        if closed:
            self._blocks[place] = lines
            if len(self._blocks) > _BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        return lines

    def matches(
        self, pattern: re.Pattern[bytes], start: int, *, backwards: bool, stopped: Callable[[], bool]
    ) -> Iterator[int]:
        """Lines (counted within this part) that match, from `start` on; some 1 MB is read at a time."""
        while 0 <= start < self.count and not stopped():
            first, last, data = self._stretch(start, backwards=backwards)
            if not data:
                return
            found = _matching_lines(pattern, data)
            for line in reversed(found) if backwards else found:
                number = first + line
                if number <= start if backwards else number >= start:
                    yield number
            start = first - 1 if backwards else last

    def _stretch(self, start: int, *, backwards: bool) -> tuple[int, int, bytes]:
        """Whole blocks around a line, on from it or back from it: first line, line after the last, bytes."""
        middle = self._find(lambda entry: entry.line, self.first + start)
        if backwards:
            end = self.entry(middle + 1).offset if middle + 1 < self.entries else self.size
            begin = self._find(lambda entry: entry.offset, max(end - _SEARCHED_AT_ONCE, 0))
            begin = min(begin, middle)
        else:
            begin = middle
            goal = self.entry(begin).offset + _SEARCHED_AT_ONCE
            after = max(self._find(lambda entry: entry.offset, goal), middle + 1)
            end = self.entry(after).offset if after < self.entries else self.size
        entry = self.entry(begin)
        data = os.pread(self._log, end - entry.offset, entry.offset)
        first = entry.line - self.first
        return first, first + data.count(b"\n"), data


def _matching_lines(pattern: re.Pattern[bytes], data: bytes) -> list[int]:
    if pattern.flags & re.IGNORECASE:
        # Such a pattern is of lower case, and comparing without regard to it takes five times as long.
        pattern, data = re.compile(pattern.pattern), data.lower()
    found: list[int] = []
    line = place = 0
    match = pattern.search(data)
    while match is not None:
        line += data.count(b"\n", place, match.start())
        found.append(line)
        place = match.start()
        after = data.find(b"\n", match.end())
        if after < 0:
            break
        match = pattern.search(data, after + 1)
    return found


class Console:
    """The record of one process of a run."""

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self._directory = directory
        self._parts: dict[str, _Part] = {}
        self.open_lines: list[Line] = []
        self.count = 0
        """rows"""

    def close(self) -> None:
        for part in self._parts.values():
            part.close()
        self._parts.clear()

    def refresh(self) -> bool:
        """See what has been printed since; whether anything has."""
        before = (self.count, [part.size for part in self._parts.values()], self.open_lines)
        names = sorted(path.name for path in self._directory.glob(f"{_escaped(self.name)}.*.log"))
        for gone in set(self._parts) - set(names):
            self._parts.pop(gone).close()
        for name in names:
            if name in self._parts:
                self._parts[name].refresh()
            else:
                with contextlib.suppress(OSError):
                    self._parts[name] = _Part(self._directory / name)
        self._parts = dict(sorted(self._parts.items()))
        finished = sum(part.count for part in self._parts.values()) + self._has_gap
        self.open_lines = self._read_open()
        self.count = finished + len(self.open_lines)
        return before != (self.count, [part.size for part in self._parts.values()], self.open_lines)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(part.size for part in self._parts.values())

    @property
    def _has_gap(self) -> bool:
        return self._missing() > 0

    def _missing(self) -> int:
        """Lines that were dropped after the first part."""
        parts = [part for part in self._parts.values() if part.count]
        if len(parts) < 2:
            return 0
        return max(parts[1].first - parts[0].first - parts[0].count, 0)

    def _read_open(self) -> list[Line]:
        try:
            data = (self._directory / f"{self.name}.now").read_bytes()
        except OSError:
            return []
        rows = data.split(b"\n")[:-1]
        letters = STREAM_LETTERS.encode()
        return [Line(-1, max(letters.find(row[:1]), 0), 0, row[1:], is_open=True) for row in rows if row]

    def _spans(self) -> Iterator[tuple[int, _Part]]:
        """The first row of each part."""
        row = 0
        for place, part in enumerate(self._parts.values()):
            if place == 1 and self._has_gap:
                row += 1
            yield row, part
            row += part.count

    def lines(self, start: int, stop: int) -> list[Line]:
        """The rows from `start` to before `stop`."""
        found: list[Line] = []
        row = 0
        for place, (first, part) in enumerate(self._spans()):
            if place == 1 and self._has_gap and start <= first - 1 < stop:
                found.append(_gap(self._missing()))
            found.extend(part.lines(max(start - first, 0), stop - first))
            row = first + part.count
        if stop > row:
            found.extend(self.open_lines[max(start - row, 0) : stop - row])
        return found

    def search(
        self,
        pattern: re.Pattern[bytes],
        start: int,
        *,
        backwards: bool = False,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[int]:
        """Rows that match, from `start` on, in order; lines that are not finished are not searched.

        `stopped` is asked after each megabyte.
        """
        spans = list(self._spans())
        for first, part in reversed(spans) if backwards else spans:
            begin = min(start - first, part.count - 1) if backwards else max(start - first, 0)
            for line in part.matches(pattern, begin, backwards=backwards, stopped=stopped):
                yield first + line


def _gap(missing: int) -> Line:
    text = f"[tui-tracker: {missing} lines are not kept here, since the record of a run is limited]"
    return Line(-1, STDERR, 0, text.encode())


def _escaped(name: str) -> str:
    return re.sub(r"([\[*?])", r"[\1]", name)


def consoles(directory: Path) -> list[Console]:
    """The records of a run's processes, by the time at which each began; none where nothing was printed."""
    begun: dict[str, float] = {}
    try:
        for path in directory.iterdir():
            found = re.fullmatch(r"(.+?)(?:\.\d{4}\.log|\.now)", path.name)
            if found:
                born = int(found[1].rpartition("-")[2], 16) if re.search(r"-[0-9a-f]+$", found[1]) else 0
                begun[found[1]] = born
    except OSError:
        return []
    return [Console(directory, name) for name in sorted(begun, key=begun.__getitem__)]


def pattern_of(text: str) -> re.Pattern[bytes]:
    """What finds a text; upper and lower case are one unless the text has capitals."""
    flags = re.IGNORECASE if text == text.lower() else 0
    return re.compile(re.escape(text.encode("utf-8", "surrogateescape")), flags)
