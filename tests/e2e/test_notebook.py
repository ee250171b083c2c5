"""Runs in a notebook, by a real Jupyter kernel: what is printed, which cells there were, how a run ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import logger
from logger.code_capture import ENVIRONMENT_VARIABLE
from logger.code_state import FILES, STATE
from logger.console.reading import consoles
from logger.notebook import as_python
from logger.opening import reading
from logger.store import locate, runs
from tests.command_line import caller
from tests.waiting import until
from tui_tracker.model.code import read_code

pytest.importorskip("ipykernel", reason="a notebook's kernel is pip install ipykernel")
from jupyter_client.manager import KernelManager  # type: ignore[import-not-found]

PATIENCE_SECONDS = 60
CELLS = f"{FILES}/train.cells.py"


class Kernel:
    """A kernel of this Python, and what its cells show."""

    def __init__(self, directory: Path) -> None:
        self._manager = KernelManager()
        self._manager.kernel_spec.argv = [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            ENVIRONMENT_VARIABLE: "1",
            "JPY_SESSION_NAME": str(directory / "train.ipynb"),
        }
        # A kernel that is tested leaves descriptors alone.
        environment.pop("PYTEST_CURRENT_TEST", None)
        nowhere = subprocess.DEVNULL
        self._manager.start_kernel(cwd=str(directory), env=environment, stdout=nowhere, stderr=nowhere)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE_SECONDS)

    def __call__(self, cell: str) -> str:
        """What the notebook shows beneath a cell: text of both streams, errors, kinds of what is displayed."""
        shown: list[str] = []

        def show(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                shown.append(content["text"])
            elif message["msg_type"] == "error":
                shown.append(f"{content['ename']}: {content['evalue']}\n")
            elif "data" in content:
                shown.append(" ".join(sorted(content["data"])))

        self._client.execute_interactive(
            cell, timeout=PATIENCE_SECONDS, output_hook=show, allow_stdin=False, stop_on_error=False
        )
        return "".join(shown)

    def restart(self) -> None:
        self._manager.restart_kernel()
        self._client.wait_for_ready(timeout=PATIENCE_SECONDS)

    def stop(self) -> None:
        if self._manager.is_alive():
            self._manager.shutdown_kernel()
        self._client.stop_channels()


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    opened = Kernel(tmp_path)
    yield opened
    opened.stop()


def recorded(directory: Path, name: str) -> list[tuple[int, str]]:
    store = locate.find(directory / ".tracker")
    assert store is not None
    found = []
    for console in consoles(store.console(run_named(name).id)):
        console.refresh()
        found += [(line.stream, line.text.decode()) for line in console.lines(0, console.count)]
    return found


def run_named(name: str) -> logger.LoggedRun:
    (found,) = logger.search_runs(f"name = '{name}'")
    return found


def why_of(capsys: pytest.CaptureFixture[str], name: str) -> str:
    why: str = caller(capsys)("show", name, "--json").json["ending"]["why"]
    return why


def test_what_cells_print_is_shown_as_ever_and_recorded_while_a_run_is_open(
    kernel: Kernel, tmp_path: Path
) -> None:
    assert kernel("print('before')") == "before\n"
    assert kernel(
        "import logger, os, sys\nrun = logger.start_run('e', run_name='one')\nprint('same cell')"
    ) == ("same cell\n")
    for number in range(3):
        assert kernel(f"print('cell', {number}, end='!\\n')") == f"cell {number}!\n"
    assert kernel("print('trouble \\x1b[31mred', file=sys.stderr)") == "trouble \x1b[31mred\n"
    # The kernel reads what subprocesses print in a thread of its own.
    kernel("import subprocess\n_ = subprocess.run(['echo', 'of a subprocess'])")
    kernel("logger.flush()")
    until(lambda: (0, "of a subprocess") in recorded(tmp_path, "one"))
    assert "ZeroDivisionError" in kernel("def wrong():\n    return 1 / 0\nwrong()")
    assert kernel("print('still open'); run.log({'a': 1}); run.finish(); print('after the end')") == (
        "still open\nafter the end\n"
    )
    assert kernel("print('between')") == "between\n"
    kernel("run = logger.start_run('e', run_name='two')")
    assert kernel("print('once'); run.finish()") == "once\n"
    lines = recorded(tmp_path, "one")
    assert lines[:6] == [
        (0, "same cell"),
        *((0, f"cell {number}!") for number in range(3)),
        (1, "trouble \x1b[31mred"),
        (0, "of a subprocess"),
    ]
    assert lines[6] == (1, "Traceback (most recent call last):")
    assert lines[-2:] == [(1, "ZeroDivisionError: division by zero"), (0, "still open")]
    # The traceback begins in the cell, not in what runs it.
    assert not any("IPython" in text for _, text in lines)
    assert recorded(tmp_path, "two") == [(0, "once")]
    assert {run.status for run in logger.search_runs()} == {"FINISHED"}


def test_how_a_run_ends_that_no_cell_has_ended(
    kernel: Kernel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel("import logger\nrun = logger.start_run('e', run_name='restarted')\nprint('x')")
    kernel.restart()
    assert "RuntimeError: run failed is active: finish it first" in kernel(
        "import logger\nrun = logger.start_run('e', run_name='failed')\nlogger.start_run('e')"
    )
    kernel("run.log({'a': 1.0})")
    kernel("raise ValueError('too large')")
    kernel.restart()
    kernel("import logger\nrun = logger.start_run('e', run_name='shut down')\n1 / 0")
    kernel("run.log({'a': 1.0})")
    kernel.stop()
    assert run_named("restarted").status == "KILLED"
    assert why_of(capsys, "restarted") == "the kernel was restarted"
    assert recorded(tmp_path, "restarted") == [(0, "x")]
    assert run_named("failed").status == "KILLED"
    assert run_named("shut down").status == "FINISHED"


def test_a_kernel_that_ends_after_a_cell_that_failed_leaves_a_run_that_failed(
    kernel: Kernel, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel("import logger\nrun = logger.start_run('e', run_name='failed')")
    kernel("with logger.start_run(nested=True, run_name='inner'):\n    raise ValueError('too large')")
    kernel.stop()
    assert {run.status for run in logger.search_runs()} == {"FAILED"}
    assert why_of(capsys, "failed") == why_of(capsys, "inner") == "ValueError: too large"


def test_the_cells_are_the_code_of_a_run_and_run_again(
    kernel: Kernel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    kernel("%matplotlib inline\nimport logger, matplotlib.pyplot as plt")
    kernel("rate = 1 / 0")
    kernel("rate = 2\nkey = 'sk-" + "a1B2" * 8 + "'")
    kernel("run = logger.start_run('e', run_name='one', params={'rate': rate})")
    assert "image/png" in kernel(
        "figure, axes = plt.subplots()\naxes.plot([1, 2])\nrun.log_figure(figure, 'loss.png')\nfigure"
    )
    kernel("files = !ls\nfor step in range(5):\n    run.log({'loss': 1 / (step + rate)})")
    kernel("run.finish()")
    kernel("later = True")
    kernel.stop()
    run = run_named("one")
    assert run.artifact("loss.png").read_bytes().startswith(b"\x89PNG")
    assert run.artifact(CELLS).read_text() == (
        "# %% [1]\n# %matplotlib inline\nimport logger, matplotlib.pyplot as plt\n\n"
        "# %% [2]  ended early: ZeroDivisionError: division by zero\n# rate = 1 / 0\n\n"
        "# %% [3]\nrate = 2\nkey = '***'\n\n"
        "# %% [4]\nrun = logger.start_run('e', run_name='one', params={'rate': rate})\n\n"
        "# %% [5]\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\nrun.log_figure(figure, 'loss.png')\nfigure\n\n"
        "# %% [6]\n# files = !ls\n# for step in range(5):\n#     run.log({'loss': 1 / (step + rate)})\n\n"
        "# %% [7]\nrun.finish()\n"
    )
    state = json.loads(run.artifact(STATE).read_text())
    assert state["command"] == [sys.executable, "train.cells.py"]
    assert state["notebook"] == str(tmp_path / "train.ipynb")
    store = locate.find(tmp_path / ".tracker")
    assert store is not None
    with reading(store) as (_, reader):
        code = read_code(reader, store, runs.find(reader, "one"))
    assert code is not None and code.notebook == state["notebook"]
    again = caller(capsys)("reproduce", "one", "--into", str(tmp_path / "again"), "--run", "--json")
    assert again.json["status"] == "FINISHED"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("x = 1", "x = 1"),
        ("%time x = 1\ny = 2", "# %time x = 1\ny = 2"),
        ("!pip install x\n%cd y", "# !pip install x\n# %cd y"),
        ("%%bash\necho x", "# %%bash\n# echo x"),
        ("x?", "# x?"),
        ("y = x % 3\n", "y = x % 3\n"),
        ("a\x00b", "# a\x00b"),
    ],
)
def test_what_is_no_python_stands_as_a_comment(cell: str, text: str) -> None:
    assert as_python(cell) == text
