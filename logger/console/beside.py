"""Where a program handles the output itself, as a Jupyter kernel does: its way stays as it is, a copy is recorded.

What is written to `sys.stdout` and `sys.stderr` is copied as it is written. A kernel gives them what comes from C
libraries and subprocesses too.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from logger.console.capture import Capture, lifted

Write = Callable[..., Any]


class CaptureBeside(Capture):
    """Copies of what this process's streams are given, and their pump, which passes nothing on."""

    def __init__(self) -> None:
        self._writing = threading.Lock()
        self._copied: list[CopiedStream] = []
        super().__init__()

    def find_originals(self) -> dict[int, int]:
        return {stream: lifted(os.open(os.devnull, os.O_WRONLY)) for stream in (1, 2)}

    def lead(self) -> None:
        if self.is_alive and not self.is_leading:
            self.is_leading = True
            for stream, marks in ((sys.stdout, (b"", b"")), (sys.stderr, (self.mark(b"e"), self.mark(b"o")))):
                # A stream of a kind that cannot be changed is left alone.
                with contextlib.suppress(AttributeError, TypeError):
                    self._copied.append(CopiedStream(stream, self._recorder(*marks)))

    def lead_back(self) -> None:
        self.is_leading = False
        for stream in self._copied:
            stream.release()
        self._copied = []

    def _recorder(self, begin: bytes, end: bytes) -> Callable[[str], None]:
        def record(text: str) -> None:
            view = memoryview(begin + text.encode("utf-8", "backslashreplace") + end)
            with contextlib.suppress(OSError), self._writing:
                while view and self.is_leading:
                    view = view[os.write(self.input, view) :]

        return record

    def forget_in_child(self) -> None:
        """After a fork: what the child prints, its parent's kernel shows, and records where it comes by there."""
        self.lead_back()
        super().forget_in_child()


class CopiedStream:
    """A stream of which a copy of each text is taken, whoever puts another `write` in the place of its own and back."""

    def __init__(self, stream: Any, record: Callable[[str], None]) -> None:
        """Raises AttributeError or TypeError where the stream's kind cannot be changed."""
        self._stream = stream
        self._record = record
        self._kind = type(stream)
        self._within = threading.local()
        self._is_released = False
        own = vars(stream).get("write")
        stream.__class__ = type(
            self._kind.__name__,
            (self._kind,),
            # A property, since it stands before what is in the stream's own dictionary.
            {
                "write": property(lambda _: self._write, lambda _, write: self._replace(write)),
                "__module__": self._kind.__module__,
            },
        )
        self._replace(own if own is not None else self._kind.write.__get__(stream))

    def _replace(self, write: Write) -> None:
        self._plain = getattr(write, "copies", write)
        self._write = self._copying(self._plain)

    def _copying(self, plain: Write) -> Write:
        @wraps(plain)
        def write_and_copy(text: str, *rest: Any, **named: Any) -> Any:
            # One `write` may call another that stood in its place before: the text is printed once.
            if self._is_released or getattr(self._within, "is_writing", False):
                return plain(text, *rest, **named)
            self._within.is_writing = True
            try:
                written = plain(text, *rest, **named)
            finally:
                self._within.is_writing = False
            if text:
                self._record(text)
            return written

        write_and_copy.copies = plain  # type: ignore[attr-defined]
        return write_and_copy

    def release(self) -> None:
        """From here on the stream is what it was."""
        self._is_released = True
        self._stream.__class__ = self._kind
        vars(self._stream).pop("write", None)
        if getattr(self._plain, "__func__", None) is not self._kind.write:
            self._stream.write = self._plain
