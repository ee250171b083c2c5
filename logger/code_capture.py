"""Taking the code state of a run in a thread, so that no training waits for git.

The end of a run waits for it, within reason: a state that is half taken is none.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import TYPE_CHECKING

from logger import process

if TYPE_CHECKING:
    from logger.run import Run

# Turns it off: 0, false, no, off.
ENVIRONMENT_VARIABLE = "TRACKER_CODE"
_OFF = frozenset(("0", "false", "no", "off"))
# How long the end of a run waits for a state that is still being taken.
_PATIENCE_SECONDS = 5.0


class CodeCapture:
    """The taking of one run's code state."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._process = os.getpid()
        # Two threads meet here without a lock, which a fork could leave taken in the child.
        self._children: deque[Run] = deque()
        self._changed: bool | None = None
        self._directory = os.getcwd()  # noqa: PTH109 - pathlib would cost its import, and the script may change it
        self._thread = threading.Thread(target=self._take, name="tui-tracker code", daemon=True)

    def wait(self) -> None:
        """Let it end, as the run is about to."""
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE_SECONDS)

    def cover(self, child: Run) -> bool:
        """Let a run within this one say too, once it is known, whether the working tree had changes.

        False where that cannot become known here: in a process that was forked while the state was being taken.
        """
        if self._changed is None and self._process != os.getpid():
            return False
        child.code = self
        self._children.append(child)
        self._tell_children()
        return True

    def _take(self) -> None:
        # A fork while this thread imports would leave the child modules that are locked for ever.
        with process.no_fork():
            from logger import code_state
        # What is taken is a gift: a fault of it is told in the state, and never to the training.
        try:
            changed = code_state.keep(self._run, self._directory)
            self._changed = changed
            self._tell_children()
        except Exception as error:  # whatever a file system or a repository may hold
            code_state.keep_fault(self._run, error)

    def _tell_children(self) -> None:
        while self._changed is not None:
            try:
                child = self._children.popleft()
            except IndexError:
                return
            child.set_git_dirty(self._changed)

    @classmethod
    def begin(cls, run: Run) -> CodeCapture | None:
        """Start; None where that was turned off or no thread can be had."""
        if os.environ.get(ENVIRONMENT_VARIABLE, "").strip().lower() in _OFF:
            return None
        try:
            capture = cls(run)
            capture._thread.start()
        except (OSError, RuntimeError):  # the directory is gone, or the interpreter is ending
            return None
        return capture
