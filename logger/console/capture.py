"""In the script: leads its descriptors 1 and 2 through a pump while a run is open.

A stream that is a terminal is led through a pseudoterminal, so that `isatty` stays true, the width stays known and
programs choose the same buffering and colours; any other through a pipe. When both go to one place they share a
channel, so that their order stays what it was; what Python writes to `sys.stderr` is then marked as such in passing.

A pump that dies takes nothing with it: this process holds the other ends too, so no write fails; it notices at once,
puts the descriptors back, and passes on what was on the way. Nothing here raises for a fault of the system: it warns
once, and the output goes where it always went.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import sys
import termios
import threading
import warnings
from collections.abc import Iterator
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from logger.console.pump import ANSWERS, COMMANDS, FIRST_CHANNEL, MARK_BEGIN, MARK_END, any_mark

_STREAMS = (1, 2)
# Descriptors are kept above those that a script or a shell is likely to name.
_ABOVE = 40
_PIPE_BYTES = 256 * 1024
# How long to wait for the pump; a terminal that is held with Ctrl-S keeps it from answering.
_PATIENCE_SECONDS = 5.0
# The pump is no child of the script, which might wait for all its children. The package is entered without its
# __init__, which imports more than the pump needs.
_BOOT = """\
import os, sys
if os.fork(): os._exit(0)
package = sys.modules["logger"] = type(sys)("logger")
package.__path__ = [sys.argv[1]]
from logger.console.pump import main
main(*sys.argv[2:])
"""


class Channel:
    """The way of one or both streams to the pump."""

    def __init__(self, streams: tuple[int, ...], target: int) -> None:
        """`target`: where the streams went. Raises OSError."""
        self.streams = streams
        if os.isatty(target):
            ends = os.openpty()
            _imitate(target, ends[1])
        else:
            ends = os.pipe()
            with contextlib.suppress(OSError, AttributeError):
                fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self.output, self.input = (lifted(end) for end in ends)
        """the pump's end, and the script's"""
        self.identity = _identity(self.input)

    def close(self) -> None:
        for end in (self.output, self.input):
            os.close(end)


class Capture:
    """The streams of this process, their channels and their pump; made for the first run, kept until the end."""

    def __init__(self) -> None:
        """Start a pump; nothing is led through it yet. Raises OSError."""
        self._talking = threading.RLock()
        self._leading = threading.RLock()
        self._answered = threading.Condition()
        self._answers: set[bytes] = set()
        self._commands_sent = 0
        self._token = os.urandom(6).hex()
        self.is_leading = False
        """whether output goes through the pump"""
        self.is_alive = True
        self._originals = self.find_originals()
        if not self._originals:
            raise OSError("neither stdout nor stderr is open")
        self._channels = list(self._make_channels())
        self._stream_of_mark = len(self._channels) == 1 and len(self._originals) == 2
        try:
            self._start_pump()
        except OSError:
            self._close()
            raise
        threading.Thread(target=self._listen, name="tui-tracker console", daemon=True).start()

    def find_originals(self) -> dict[int, int]:
        """Where the streams go: copies of their descriptors, by stream."""
        return {stream: _lifted_copy(stream) for stream in _STREAMS if _is_stream(stream)}

    @property
    def input(self) -> int:
        """The script's end of the first channel."""
        return self._channels[0].input

    def _make_channels(self) -> Iterator[Channel]:
        identities = {stream: _identity(original) for stream, original in self._originals.items()}
        if len(identities) == 2 and identities[1] == identities[2]:
            yield Channel((1, 2), self._originals[1])
        else:
            for stream, original in self._originals.items():
                yield Channel((stream,), original)

    def _start_pump(self) -> None:
        commands, self._commands = (lifted(end) for end in os.pipe())
        self._replies, answers = (lifted(end) for end in os.pipe())
        package = str(Path(__file__).parents[1])
        streams = [str(channel.streams[0]) for channel in self._channels]
        actions: list[tuple[Any, ...]] = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
        actions += [
            (os.POSIX_SPAWN_DUP2, self._originals.get(stream, commands), stream) for stream in _STREAMS
        ]
        actions.append((os.POSIX_SPAWN_DUP2, commands, COMMANDS))
        actions.append((os.POSIX_SPAWN_DUP2, answers, ANSWERS))
        for place, channel in enumerate(self._channels):
            actions.append((os.POSIX_SPAWN_DUP2, channel.output, FIRST_CHANNEL + place))
        try:
            self._booting = os.posix_spawn(
                sys.executable,
                [sys.executable, "-E", "-s", "-S", "-B", "-c", _BOOT, package, self._token, *streams],
                os.environ,
                file_actions=actions,
                # A group of its own from its first instant: who ends the script's group, Ctrl-C say, means the script.
                # Not a session, since schedulers share the processor out by session: it would come too late to read.
                setpgroup=0,
                setsigmask=(),
            )
        finally:
            os.close(commands)
            os.close(answers)

    # Leading the streams, and back.

    def lead(self) -> None:
        """From here on output goes through the pump."""
        with self._leading:
            if self.is_leading or not self.is_alive:
                return
            flush_streams()
            self.is_leading = True
            for channel in self._channels:
                for stream in channel.streams:
                    os.dup2(channel.input, stream)
            if self._stream_of_mark:
                self._mark_stderr()

    def lead_back(self) -> None:
        """From here on output goes where it went before, unless somebody has led it elsewhere meanwhile."""
        with self._leading:
            if not self.is_leading:
                return
            self.is_leading = False
            if self._stream_of_mark and _is_marking(sys.stderr):
                del vars(sys.stderr)["write"]
            for channel in self._channels:
                for stream in channel.streams:
                    if _identity(stream) == channel.identity:
                        os.dup2(self._originals[stream], stream)

    def _mark_stderr(self) -> None:
        """Let what is written to `sys.stderr` say so to the pump, for as long as it goes there."""
        stream = sys.stderr
        if not isinstance(stream, TextIOWrapper) or stream.fileno() != 2:
            return
        if "write" in vars(stream) and not _is_marking(stream):
            return
        plain, identity = partial(TextIOWrapper.write, stream), self._channels[0].identity
        begin, end = (self.mark(letter).decode() for letter in (b"e", b"o"))

        def write_marked(text: str, /) -> int:
            if text and _identity(2) == identity:
                plain(f"{begin}{text}{end}")
                return len(text)
            return plain(text)

        vars(stream)["write"] = write_marked

    def mark(self, word: bytes) -> bytes:
        return MARK_BEGIN + self._token.encode() + b";" + word + MARK_END

    # Talking with the pump.

    def send(self, word: bytes, *fields: bytes) -> bytes | None:
        """Give the pump a command, which it obeys before it reads what is printed later; returns its number.

        None when the pump is gone.
        """
        with self._talking:
            self._commands_sent += 1
            number = str(self._commands_sent).encode()
            try:
                os.write(self._commands, b"\0".join((word, number, *fields)) + b"\n")
            except OSError:
                return None
            return number if self.is_alive else None

    def command(self, word: bytes, *fields: bytes) -> bool:
        """Give a command and wait until it has been obeyed; False when the pump does not answer."""
        number = self.send(word, *fields)
        return number is not None and self._wait(b"ok " + number)

    def sync(self) -> bool:
        """Wait until all that was printed so far is where it goes and is recorded."""
        with self._talking:
            flush_streams()
            number = self.send(b"sync")
            if number is None or not self._wait(b"ok " + number):
                return False
            for channel in self._channels:
                with contextlib.suppress(OSError):
                    os.write(channel.input, self.mark(b"s" + number))
            return self._wait(b"done " + number)

    def _wait(self, answer: bytes) -> bool:
        with self._answered:
            self._answered.wait_for(lambda: answer in self._answers or not self.is_alive, _PATIENCE_SECONDS)
            was_given = answer in self._answers
            self._answers.clear()
            return was_given

    def _listen(self) -> None:
        """The thread that hears the pump's answers, and its death."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._booting, 0)
        rest = b""
        while data := _read(self._replies):
            *answers, rest = (rest + data).split(b"\n")
            with self._answered:
                self._answers.update(answers)
                self._answered.notify_all()
            if b"broken" in answers:
                # Nobody reads the output any more: the next write is to fail as it would have.
                self.lead_back()
        with self._answered:
            self.is_alive = False
            self._answered.notify_all()
        if self.is_leading:
            self.lead_back()
            self._pass_on_the_rest()
            warnings.warn(
                "tui-tracker: the process that recorded the console has died; output goes on unrecorded",
                RuntimeWarning,
                stacklevel=1,
            )

    def _pass_on_the_rest(self) -> None:
        for channel in self._channels:
            while select.select([channel.output], [], [], 0)[0] and (data := _read(channel.output)):
                data = any_mark(self._token.encode()).sub(b"", data)
                with contextlib.suppress(OSError):
                    os.write(self._originals[channel.streams[0]], data)

    def forget_in_child(self) -> None:
        """After a fork: the child goes on printing through the channels, and has no other part in them."""
        self.is_alive = False
        self._close()

    def _close(self) -> None:
        for channel in self._channels:
            channel.close()
        for descriptor in (
            *self._originals.values(),
            getattr(self, "_commands", -1),
            getattr(self, "_replies", -1),
        ):
            if descriptor >= 0:
                os.close(descriptor)


def _is_marking(stream: Any) -> bool:
    return getattr(vars(stream).get("write"), "__name__", "") == "write_marked"


def flush_streams() -> None:
    """Let Python and, where it is cheap, C write out what they hold back."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    if "ctypes" in sys.modules:
        import ctypes

        with contextlib.suppress(Exception):
            ctypes.CDLL(None).fflush(None)


def _identity(descriptor: int) -> tuple[int, int, int] | None:
    """Which file a descriptor is; None when it is closed."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_rdev


def _is_stream(number: int) -> bool:
    """Whether a descriptor is what it should be: where it was closed from the start, any file may have its number."""
    return (sys.__stdout__, sys.__stderr__)[number - 1] is not None and _identity(number) is not None


def _lifted_copy(descriptor: int) -> int:
    """Another descriptor of the same file, out of the script's way, not inherited by programs it starts."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _ABOVE)


def lifted(descriptor: int) -> int:
    """The descriptor, moved out of the script's way."""
    copy = _lifted_copy(descriptor)
    os.close(descriptor)
    return copy


def _imitate(terminal: int, imitation: int) -> None:
    """Give a pseudoterminal the settings and the size of a real one; it changes no byte of what is printed."""
    with contextlib.suppress(termios.error, OSError):
        settings = termios.tcgetattr(terminal)
        settings[1] &= ~termios.OPOST
        termios.tcsetattr(imitation, termios.TCSANOW, settings)
        fcntl.ioctl(imitation, termios.TIOCSWINSZ, fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8)))


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
