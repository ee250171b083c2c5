"""The process that passes on what a script prints, and records it.

`main(TOKEN, STREAM ...)` is started by `logger.console.capture` in a process group of its own, so that neither Ctrl-C
nor a hang-up of the terminal ends it, and it ends by itself when nobody is left who could print. Its descriptors:

    1, 2    where the script's output goes
    3       commands of the script, a line each, fields separated by NUL
    4       answers to it
    5 ...   what was printed: a channel for each STREAM, which is 1 or 2

Printed bytes carry marks, application-program commands that terminals ignore and that are taken out here:
ESC _ TOKEN ; o or e ESC \\ says which stream what follows is of, ESC _ TOKEN ; s NUMBER ESC \\ that everything printed
before has been read. They are written by the script's own process, in the order of its output, which two channels
would not keep.

Commands are numbered: open N UID DIRECTORY NAME LIMIT; close N UID; text N UID HEX (lines for the record only); sync N.
Each is answered "ok N" when it has been obeyed. After sync's answer its mark is printed, which is answered "done N".
"broken" tells that whoever read the output has gone.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import select
import signal
import termios
import time

from logger.console.lines import Lines
from logger.console.record import STDERR, STDOUT, Record

COMMANDS, ANSWERS, FIRST_CHANNEL = 3, 4, 5
MARK_BEGIN, MARK_END = b"\x1b_", b"\x1b\\"
# Small enough that the allocator keeps and reuses what it takes: larger blocks are mapped anew for every read.
_READ_BYTES = 60 * 1024
# The record is written and what is not finished shown after this many milliseconds at most.
_RECORD_MS = 50
_SHOW_SECONDS = 0.25
# A terminal's size is looked at as often while nothing is printed, and at most so often while something is.
_SIZE_MS = 1000
_SIZE_SECONDS = 0.05
# When reads of less than this follow one another within the first time, each waits for the second.
_SMALL_BYTES = 16 * 1024
_FLOOD_SECONDS = 0.002
_PAUSE_SECONDS = 0.001
_IGNORED = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGTSTP,
    signal.SIGTTOU,
    signal.SIGPIPE,
)


def any_mark(token: bytes) -> re.Pattern[bytes]:
    """What finds marks; its group is their word."""
    return re.compile(re.escape(MARK_BEGIN + token + b";") + rb"(o|e|s[0-9]+)" + re.escape(MARK_END))


class Channel:
    """One way that output comes, and where it goes on to."""

    def __init__(self, descriptor: int, target: int, stream: int, token: bytes) -> None:
        self.descriptor = descriptor
        self.target = target
        """where it goes on to; -1 when nobody reads there any more"""
        self.stream = stream
        """of what follows"""
        self.is_open = True
        self.is_terminal = os.isatty(descriptor)
        self._own_stream = stream
        self._mark = any_mark(token)
        self._begin = MARK_BEGIN + token
        self._held = b""

    def read(self) -> bytes:
        """What has been printed; empty at the end, when nobody can print any more."""
        try:
            data = os.read(self.descriptor, _READ_BYTES)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""  # how a terminal says that nobody has it open
        return self._held + data if data else b""

    def split(self, data: bytes, *, last: bool = False) -> list[tuple[int, bytes, bytes]]:
        """Printed bytes as pieces: the stream, the bytes, and the mark's word that comes after them, if any.

        The begin of a mark at the end is kept for the next call, unless it is the last.
        """
        self._held = b""
        if MARK_BEGIN[:1] not in data:
            return [(self.stream, data, b"")] if data else []
        if not last:
            begun = data.rfind(MARK_BEGIN[:1], -len(self._begin) - 24)
            if begun >= 0 and self._may_be_mark(data[begun:]):
                self._held, data = data[begun:], data[:begun]
        if self._begin not in data:
            return [(self.stream, data, b"")] if data else []
        pieces = []
        place = 0
        for found in self._mark.finditer(data):
            pieces.append((self.stream, data[place : found.start()], found[1]))
            place = found.end()
            if found[1] in (b"o", b"e"):
                self.stream = STDERR if found[1] == b"e" else self._own_stream
        pieces.append((self.stream, data[place:], b""))
        return pieces

    def _may_be_mark(self, text: bytes) -> bool:
        if len(text) <= len(self._begin):
            return self._begin.startswith(text)
        return text.startswith(self._begin) and not self._mark.match(text)

    def take_held(self) -> bytes:
        held, self._held = self._held, b""
        return held

    @property
    def is_holding(self) -> bool:
        return bool(self._held)

    def pass_on(self, data: bytes) -> bool:
        """Write to where it would have gone; False when that has just ended."""
        view = memoryview(data)
        try:
            while view and self.target >= 0:
                view = view[self._write(view) :]
        except OSError:
            self.target = -1
            return False
        return True

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self.target, data)
        except BlockingIOError:
            # Somebody who shares it has made it so that nobody waits in a write.
            select.select([], [self.target], [])
            return 0


class Pump:
    """Channels, records, and the script's commands."""

    def __init__(self, channels: list[Channel]) -> None:
        self._channels = {channel.descriptor: channel for channel in channels}
        self._lines = {STDOUT: Lines(), STDERR: Lines()}
        self._records: dict[bytes, Record] = {}
        self._command = b""
        self._marks: dict[bytes, int] = {}
        """how many channels a mark has come through"""
        self._poll = select.poll()
        self._poll.register(COMMANDS, select.POLLIN)
        for descriptor in self._channels:
            self._poll.register(descriptor, select.POLLIN)
        self._has_terminal = any(channel.is_terminal for channel in channels)
        self._has_commands = True
        self._shown = self._sized = self._woken = 0.0
        self._unshown = False

    def run(self) -> None:
        """Until every channel has ended."""
        while any(channel.is_open for channel in self._channels.values()):
            ready = [descriptor for descriptor, _ in self._poll.poll(self._timeout())]
            # A command comes before what is printed after it, also when it has come only since the poll.
            while self._has_commands and select.select([COMMANDS], [], [], 0)[0]:
                self._read_commands()
            if self._has_terminal:
                self._follow_size()
            read = sum(
                self._read_channel(self._channels[descriptor])
                for descriptor in ready
                if descriptor != COMMANDS
            )
            if not ready:
                for channel in self._channels.values():
                    if channel.is_holding:
                        self._take(channel, channel.split(channel.take_held(), last=True))
            self._keep(force=not ready)
            # A terminal holds little: where nothing takes it out, the script waits.
            if 0 < read < _SMALL_BYTES and not self._has_terminal:
                self._gather()
        self._finish_lines()
        for record in self._records.values():
            record.close()

    def _gather(self) -> None:
        """Where much is printed by small writes, let some of it gather: to be woken for each would slow the script."""
        now = time.monotonic()
        if now - self._woken < _FLOOD_SECONDS:
            time.sleep(_PAUSE_SECONDS)
            now = time.monotonic()
        self._woken = now

    def _timeout(self) -> int | None:
        busy = self._unshown or any(record.has_pending for record in self._records.values())
        if busy or any(channel.is_holding for channel in self._channels.values()):
            return _RECORD_MS
        return _SIZE_MS if self._has_terminal else None

    def _read_channel(self, channel: Channel) -> int:
        """Take what has been printed there; returns how many bytes."""
        data = channel.read()
        if data:
            self._take(channel, channel.split(data))
            return len(data)
        self._take(channel, channel.split(channel.take_held(), last=True))
        channel.is_open = False
        self._poll.unregister(channel.descriptor)
        return 0

    def _take(self, channel: Channel, pieces: list[tuple[int, bytes, bytes]]) -> None:
        if not channel.pass_on(b"".join(data for _, data, _ in pieces)) and not channel.is_terminal:
            _answer(b"broken")
        now = int(time.time() * 1000)
        for stream, data, word in pieces:
            if data:
                self._unshown = True
                finished = self._lines[stream].feed(data)
                if finished:
                    self._finish_lines(held_by=STDOUT if stream == STDERR else STDERR)
                    for record in self._records.values():
                        record.write(stream, finished, now)
            if word.startswith(b"s"):
                came = self._marks[word] = self._marks.get(word, 0) + 1
                if came == sum(other.is_open for other in self._channels.values()):
                    del self._marks[word]
                    _answer(b"done " + word[1:])

    def _keep(self, *, force: bool) -> None:
        """Bring what was read into the files: at once when nothing more comes, else now and then."""
        now = time.monotonic()
        if not force and now - self._shown < _SHOW_SECONDS:
            return
        for record in self._records.values():
            record.flush()
        if self._unshown and now - self._shown >= _SHOW_SECONDS:
            self._shown = now
            self._unshown = False
            rows = self._open_rows()
            for record in self._records.values():
                record.show(rows)

    def _open_rows(self) -> list[tuple[int, bytes]]:
        return [(stream, row) for stream, lines in self._lines.items() for row in lines.open_rows()]

    def _finish_lines(self, held_by: int | None = None) -> None:
        """Record what is open: of both streams, or what one stream holds back of whole lines."""
        now = int(time.time() * 1000)
        for stream, lines in self._lines.items():
            if held_by is not None and (stream != held_by or not lines.holds_several):
                continue
            rest = lines.end()
            for record in self._records.values():
                record.write(stream, rest, now)

    def _follow_size(self) -> None:
        """Give the script's terminal the size of the real one, when that has changed."""
        now = time.monotonic()
        if now - self._sized < _SIZE_SECONDS:
            return
        self._sized = now
        for channel in self._channels.values():
            if channel.is_terminal and channel.target >= 0:
                try:
                    size = fcntl.ioctl(channel.target, termios.TIOCGWINSZ, bytes(8))
                    if size != fcntl.ioctl(channel.descriptor, termios.TIOCGWINSZ, bytes(8)):
                        fcntl.ioctl(channel.descriptor, termios.TIOCSWINSZ, size)
                except OSError:
                    continue

    def _read_commands(self) -> None:
        data = os.read(COMMANDS, 65536)
        if not data:
            self._poll.unregister(COMMANDS)
            self._has_commands = False
            return
        *commands, self._command = (self._command + data).split(b"\n")
        for command in commands:
            self._obey(command.split(b"\0"))

    def _obey(self, command: list[bytes]) -> None:
        word, number, *fields = command
        now = int(time.time() * 1000)
        if word == b"open":
            uid, directory, name, limit = fields
            self._records[uid] = Record(os.fsdecode(directory), os.fsdecode(name), int(limit))
        elif word == b"close" and fields[0] in self._records:
            record = self._records.pop(fields[0])
            for stream, row in self._open_rows():
                record.write(stream, row + b"\n", now)
            record.close()
            if not self._records:
                self._lines = {STDOUT: Lines(), STDERR: Lines()}
        elif word == b"text" and fields[0] in self._records:
            self._finish_lines()
            self._records[fields[0]].write(STDERR, bytes.fromhex(fields[1].decode()), now)
        _answer(b"ok " + number)


def _answer(text: bytes) -> None:
    try:
        os.write(ANSWERS, text + b"\n")
    except OSError:
        return  # the script is gone, or has forked and closed it


def main(token: str, *streams: str) -> None:
    """Pump until nobody can print any more."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    os.chdir("/")
    channels = [
        Channel(FIRST_CHANNEL + place, int(stream), STDERR if stream == "2" else STDOUT, token.encode())
        for place, stream in enumerate(streams)
    ]
    # What libraries of the script left inheritable is not for this process to keep open.
    os.closerange(FIRST_CHANNEL + len(streams), 4096)
    Pump(channels).run()
