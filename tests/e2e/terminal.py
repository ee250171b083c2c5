"""A real terminal for tests: a command on a pty, its output read by a terminal emulator.

Nothing sleeps: waiting is waiting for output. What goes wrong is told with the screen as it was then.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pyte

from tests.waiting import PATIENCE_SECONDS

PROJECT = Path(__file__).parents[2]
ENTER, ESCAPE, SPACE, DOWN = "\r", "\x1b", " ", "\x1b[B"
# What the emulator does not keep: whether the alternate screen is on, and whether the cursor is shown.
ALTERNATE_ON, ALTERNATE_OFF = b"\x1b[?1049h", b"\x1b[?1049l"
CURSOR_ON, CURSOR_OFF = b"\x1b[?25h", b"\x1b[?25l"


def clean_environment(home: Path) -> dict[str, str]:
    """An environment in which no setting of the developer's is left."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": str(PROJECT),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


class Terminal:
    """A command that runs in a terminal of a given size."""

    def __init__(
        self, command: Sequence[str], *, columns: int, rows: int, directory: Path, environment: dict[str, str]
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.output = bytearray()
        """all bytes that were written so far"""
        self._master, slave = pty.openpty()
        _set_size(slave, columns, rows)
        self.settings = termios.tcgetattr(slave)
        """of the terminal, before the command ran"""
        self._slave = slave
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=directory,
            env=environment,
            start_new_session=True,
            # Make it the command's own terminal, from which the signals of resizing, hanging up and Ctrl-Z come.
            # One system call, so that no lock of another thread can be waited for between fork and exec.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
            close_fds=True,
        )

    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def send(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def write_over(self, text: str) -> None:
        """Write where the cursor is, as another program does that has the same terminal."""
        os.write(self._slave, text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, of which its command is told by a signal."""
        self.screen.resize(rows, columns)
        _set_size(self._slave, columns, rows)

    def hang_up(self) -> None:
        """Close the terminal, as a connection that breaks does."""
        os.close(self._slave)
        os.close(self._master)
        self._slave = self._master = -1

    def wait_for(self, *wanted: str, absent: Sequence[str] = (), timeout: float = PATIENCE_SECONDS) -> str:
        """Wait until the screen shows all of these texts and none of those; returns it."""

        def is_there() -> bool:
            shown = self.text()
            return all(text in shown for text in wanted) and not any(text in shown for text in absent)

        self.wait_until(is_there, f"{wanted} without {list(absent)}" if absent else str(wanted), timeout)
        return self.text()

    def wait_until(self, is_so: Callable[[], bool], what: str, timeout: float = PATIENCE_SECONDS) -> None:
        """Read output until a condition holds; fails when it does not within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not is_so():
            if time.monotonic() > deadline or not self._read(deadline):
                if is_so():
                    return
                raise AssertionError(f"waited in vain for {what}; the screen shows:\n{self.text()}")

    def read_for(self, seconds: float) -> None:
        """Read output for so long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._read(deadline)

    def wait_for_exit(self, timeout: float = PATIENCE_SECONDS) -> int:
        """Read until the command has ended; returns its exit status."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None and time.monotonic() < deadline:
            self._read(min(deadline, time.monotonic() + 0.1))
        while self._read(time.monotonic()):
            pass
        assert self.process.poll() is not None, f"it does not end; the screen shows:\n{self.text()}"
        return self.process.returncode

    def is_restored(self) -> bool:
        """Whether the terminal is as it was found: main screen, cursor shown, line discipline unchanged."""
        output = bytes(self.output)
        return (
            output.rfind(ALTERNATE_OFF) >= output.rfind(ALTERNATE_ON)
            and output.rfind(CURSOR_ON) >= output.rfind(CURSOR_OFF)
            and termios.tcgetattr(self._slave) == self.settings
        )

    def close(self) -> None:
        """End the command, if it has not ended, and give up the terminal."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        if self._master >= 0:
            self.hang_up()

    def _read(self, deadline: float) -> bool:
        """Take what the command has written, waiting for it until `deadline`; whether there was anything."""
        ready, _, _ = select.select([self._master], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return False
        data = os.read(self._master, 65536)
        self.output += data
        self._stream.feed(data)
        return bool(data)


def _set_size(descriptor: int, columns: int, rows: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@contextlib.contextmanager
def terminal(
    command: Sequence[str],
    *,
    columns: int = 160,
    rows: int = 45,
    directory: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """A command in a terminal, ended with the block; `directory` is its home and working directory.

    `environment` is added to a clean one.
    """
    opened = Terminal(
        command,
        columns=columns,
        rows=rows,
        directory=directory,
        environment={**clean_environment(directory), **(environment or {})},
    )
    try:
        yield opened
    finally:
        opened.close()
