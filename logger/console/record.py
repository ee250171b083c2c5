"""The files in which a run's output is kept.

    console/<run id>/<process>.0001.log    the lines as they were printed, escape sequences and all, each with "\\n"
    console/<run id>/<process>.0001.idx    where in it what begins: 24 bytes an entry, little-endian
    console/<run id>/<process>.now         lines that are not finished: "O" or "E", the text, "\\n"

An entry of the index says: from this byte on (uint64), the line of this number (uint64, counted from 0 over all parts),
printed at this time by this stream (uint64: epoch milliseconds << 1 | 1 for stderr). It is written before its lines,
and there is one at least every 64 KB, so that any line of a gigabyte is found by two small reads. The last entry of a
part that is full has no lines; it tells how many there were.

A record is bounded: it is kept in parts, and when there are `PARTS` of them, the second oldest makes room: the first
output (versions, settings) and the latest are what explains a run.
"""

from __future__ import annotations

import os
from struct import Struct

ENTRY = Struct("<QQQ")
BLOCK = 64 * 1024
PARTS = 8
DEFAULT_LIMIT = 1024 * 1024 * 1024
STDOUT, STDERR = 0, 1
STREAM_LETTERS = "OE"

# Lines of one stream within this time of one another share an entry.
_ENTRY_MS = 100
# What one call may take, where systems allow the least.
_MOST_BLOCKS = 1024
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
_PRIVATE_FILE, _PRIVATE_DIRECTORY = 0o600, 0o700


class Record:
    """The record of one process for one run. No method raises for a fault of the disk."""

    def __init__(self, directory: str, name: str, limit: int = DEFAULT_LIMIT) -> None:
        """`directory`: of the run, made where it is not there. `limit`: bytes of all parts together."""
        self._directory = directory
        self._name = name
        self._part_bytes = max(limit // PARTS, BLOCK)
        self._part = 0
        self._log = self._index = -1
        self._size = 0
        self._lines = 0
        self._entry_at = (-1, -_ENTRY_MS, -BLOCK)  # stream, time, byte of the last entry
        self._blocks: list[bytes] = []
        self._waiting = 0
        """bytes of the blocks, which are in no file yet"""
        self._entries = bytearray()
        self._lost = 0
        self._fault = ""
        self._note = b""
        """what tells of the loss, in the text that is to be written next"""
        self._shown: list[tuple[int, bytes]] = []

    @property
    def has_pending(self) -> bool:
        return bool(self._blocks)

    def write(self, stream: int, lines: bytes, now_ms: int) -> None:
        """Add finished lines; `flush` brings them into the file."""
        if self._lost and not self._note:
            told = f"[tui-tracker: {self._lost} bytes printed here are not in the record: {self._fault}]\n"
            self._note = told.encode()
            lines = self._note + lines
        while lines:
            cut = len(lines)
            if cut > BLOCK:
                cut = (lines.rfind(b"\n", 0, BLOCK) + 1) or (lines.find(b"\n", BLOCK) + 1) or cut
            block = lines[:cut]
            lines = lines[cut:]
            place = self._size + self._waiting
            last_stream, last_time, last_place = self._entry_at
            if stream != last_stream or now_ms - last_time >= _ENTRY_MS or place + cut - last_place > BLOCK:
                self._entries += ENTRY.pack(place, self._lines, now_ms << 1 | stream)
                self._entry_at = (stream, now_ms, place)
            self._blocks.append(block)
            self._waiting += cut
            self._lines += block.count(b"\n")
            if self._size + self._waiting >= self._part_bytes:
                self.flush()
                self._end_part(now_ms)
            elif self._waiting >= 4 * BLOCK:
                self.flush()

    def flush(self) -> None:
        """Write what was added; what a full disk does not take is counted, and told when there is room again."""
        if not self._blocks:
            return
        blocks, size, entries = self._blocks, self._waiting, bytes(self._entries)
        self._blocks, self._waiting = [], 0
        self._entries.clear()
        try:
            if self._log < 0:
                self._open_part()
            index_size = os.fstat(self._index).st_size
            try:
                _write_all(self._index, entries)
                _write_blocks(self._log, blocks, size)
            except OSError:
                # No torn line, and no entry of what is not there.
                os.ftruncate(self._log, self._size)
                os.ftruncate(self._index, index_size)
                raise
            self._size += size
            if self._note:
                self._lost, self._note = 0, b""
        except OSError as error:
            self._lost += size - len(self._note)
            self._note = b""
            self._fault = error.strerror or str(error)
            self._lines -= sum(block.count(b"\n") for block in blocks)
            self._entry_at = (-1, -_ENTRY_MS, -BLOCK)

    def show(self, rows: list[tuple[int, bytes]]) -> None:
        """Keep the lines that are not finished where a reader finds them: pairs of stream and text."""
        if rows == self._shown:
            return
        path = os.path.join(self._directory, f"{self._name}.now")  # noqa: PTH118 - pathlib costs the pump 5 ms
        text = b"".join(STREAM_LETTERS[stream].encode() + row + b"\n" for stream, row in rows)
        try:
            if rows:
                self._make_directory()
                descriptor = os.open(f"{path}.new", _FLAGS | os.O_TRUNC, _PRIVATE_FILE)
                try:
                    _write_all(descriptor, text)
                finally:
                    os.close(descriptor)
                os.rename(f"{path}.new", path)  # noqa: PTH104
            else:
                _delete(path)
        except OSError:
            return
        self._shown = rows

    def close(self) -> None:
        self.flush()
        self.show([])
        self._close_files()

    def _path(self, part: int, suffix: str) -> str:
        return os.path.join(self._directory, f"{self._name}.{part:04}.{suffix}")  # noqa: PTH118

    def _make_directory(self) -> None:
        # What `makedirs` makes on the way has the mode that the umask gives it.
        for directory in (os.path.dirname(self._directory), self._directory):  # noqa: PTH120
            os.makedirs(directory, _PRIVATE_DIRECTORY, exist_ok=True)  # noqa: PTH103

    def _open_part(self) -> None:
        self._make_directory()
        log = os.open(self._path(self._part + 1, "log"), _FLAGS, _PRIVATE_FILE)
        try:
            self._index = os.open(self._path(self._part + 1, "idx"), _FLAGS, _PRIVATE_FILE)
        except OSError:
            os.close(log)
            raise
        self._log = log
        self._part += 1

    def _end_part(self, now_ms: int) -> None:
        if self._log < 0:
            return
        try:
            _write_all(self._index, ENTRY.pack(self._size, self._lines, now_ms << 1))
        except OSError:
            return
        self._close_files()
        self._size = 0
        self._entry_at = (-1, -_ENTRY_MS, -BLOCK)
        # The first part, the PARTS - 2 before the one that begins next, and that one.
        surplus = self._part - PARTS + 2
        if surplus > 1:
            _delete(self._path(surplus, "log"))
            _delete(self._path(surplus, "idx"))

    def _close_files(self) -> None:
        for descriptor in (self._log, self._index):
            if descriptor >= 0:
                os.close(descriptor)
        self._log = self._index = -1


def _delete(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        return


def _write_blocks(descriptor: int, blocks: list[bytes], size: int) -> None:
    """Raises OSError when not all of them can be written; `size`: of all together."""
    written = os.writev(descriptor, blocks) if len(blocks) <= _MOST_BLOCKS else 0
    if written < size:
        _write_all(descriptor, b"".join(blocks)[written:])


def _write_all(descriptor: int, data: bytes) -> None:
    """Raises OSError when not all of it can be written."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
