"""A Jupyter kernel as the script of a run: the cells that it ran, and how it ends.

Nothing of Jupyter is imported here: where there is a kernel, its shell is there already.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import PurePath
from types import TracebackType
from typing import Any

from logger import process
from logger.masking import mask
from logger.store.runs import FAILED, FINISHED, KILLED

_CELLS_SUFFIX = ".cells.py"
_RESTARTED = "the kernel was restarted"


def shell() -> Any | None:
    """The IPython shell of the kernel that this process is; None where it is none."""
    ipython = sys.modules.get("IPython")
    found = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return found if getattr(found, "kernel", None) is not None else None


class Notebook:
    """The cells of a kernel, as they are run one after the other."""

    def __init__(self, kernel_shell: Any) -> None:
        self._shell = kernel_shell
        self._failed: dict[int, str] = {}
        """what ended a cell early, by the cell's number"""
        self._told: list[Callable[[str], bool]] = []
        kernel_shell.events.register("pre_run_cell", self._runs)
        kernel_shell.events.register("post_run_cell", self._ran)
        process.ask_at_exit(self._end)

    @property
    def file(self) -> str:
        """The notebook's file, as far as its editor tells; else "notebook"."""
        told = self._shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
        return str(told or "notebook")

    @property
    def cells_name(self) -> str:
        """What the file of the cells is called."""
        return PurePath(self.file).stem + _CELLS_SUFFIX

    def tell_of_cells(self, told: Callable[[str], bool]) -> None:
        """Have `told` called with all cells so far after each cell, until it returns False."""
        self._told.append(told)

    def cells(self) -> str:
        """What was run so far, as a script that editors open as a notebook; what is no Python stands as a comment."""
        parts = []
        for number, cell in enumerate(self._shell.history_manager.input_hist_raw):
            if cell.strip():
                failure = self._failed.get(number) or self._failed_before(number)
                ended = f"  ended early: {failure}" if failure else ""
                text = _commented(cell) if failure else as_python(cell)
                parts.append(f"# %% [{number}]{ended}\n{text.rstrip()}\n")
        return "\n".join(parts)

    def _failed_before(self, number: int) -> str:
        """What ended a cell early that was run before the first run, where this IPython remembers it."""
        failure = getattr(self._shell.history_manager, "exceptions", {}).get(number)
        return mask(f"{failure['ename']}: {failure['evalue']}") if failure else ""

    def _runs(self, _info: Any = None) -> None:
        # What an earlier cell ended by is not what ends a run that this one finishes.
        process.expect_end(FINISHED)

    def _ran(self, result: Any = None) -> None:
        error = getattr(result, "error_before_exec", None) or getattr(result, "error_in_exec", None)
        number = getattr(result, "execution_count", None)
        if error is None:
            process.expect_end(FINISHED)
        else:
            why = process.one_line(error)
            process.expect_end(KILLED if isinstance(error, KeyboardInterrupt) else FAILED, why)
            if number is not None:
                self._failed[number] = why
            if recording := sys.modules.get("logger.console.recording"):
                recording.note_cell_failure(error, _within_the_cell(error.__traceback__))
        if self._told:
            cells = self.cells()
            self._told = [told for told in self._told if told(cells)]

    def _end(self) -> tuple[str, str] | None:
        """How runs end that are open as the kernel ends, where that says more than the last cell."""
        message = getattr(self._shell.kernel, "_shutdown_message", None)
        content = message.get("content", {}) if isinstance(message, dict) else {}
        return (KILLED, _RESTARTED) if content.get("restart") else None


def as_python(cell: str) -> str:
    """The cell as plain Python runs it: magics and shell commands become comments; all of it, where more is needed."""
    for text in (cell, _without_magics(cell)):
        try:
            compile(text, "<cell>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        return text
    return _commented(cell)


def _without_magics(cell: str) -> str:
    return "\n".join(
        f"# {line}" if line.startswith(("%", "!")) and not line.startswith("%%") else line
        for line in cell.split("\n")
    )


def _commented(cell: str) -> str:
    return "\n".join(f"# {line}" for line in cell.rstrip("\n").split("\n"))


def _within_the_cell(trace: TracebackType | None) -> TracebackType | None:
    """The part of a traceback that begins in the cell, not in what runs it."""
    found = trace
    while found is not None and f"{os.sep}IPython{os.sep}" in found.tb_frame.f_code.co_filename:
        found = found.tb_next
    return found or trace


_notebooks: dict[int, Notebook] = {}


def here() -> Notebook | None:
    """The notebook that this process runs; None where it is no kernel."""
    found = shell()
    if found is None:
        return None
    if id(found) not in _notebooks:
        _notebooks[id(found)] = Notebook(found)
    return _notebooks[id(found)]
