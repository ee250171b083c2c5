"""What is imported when: a training script must not pay for the viewer, nor the viewer's first frame for the curves."""

from __future__ import annotations

import subprocess
import sys

import pytest

import logger


def modules_after(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running `code`."""
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(result.stdout.split())


def test_importing_the_logger_loads_nothing_else_of_it() -> None:
    loaded = modules_after("import logger")
    assert {name for name in loaded if name.startswith("logger")} == {"logger"}
    assert "sqlite3" not in loaded


def test_logging_loads_no_screen_no_numpy_and_no_sqlite_utils() -> None:
    train = "import logger\nwith logger.start_run('e') as run:\n    run.log({'a': 1})"
    loaded = modules_after(train)
    for heavy in (
        "tui_tracker",
        "textual",
        "rich",
        "plotext",
        "numpy",
        "sqlite_utils",
        "pandas",
        "watchfiles",
    ):
        assert heavy not in loaded, heavy


@pytest.mark.parametrize("module", ["tui_tracker.app", "tui_tracker.cli"])
def test_the_viewer_starts_without_what_draws_curves(module: str) -> None:
    loaded = modules_after(f"import {module}")
    assert {"plotext", "numpy"}.isdisjoint(loaded)


def test_the_command_line_starts_without_the_viewer() -> None:
    assert "textual" not in modules_after("import tui_tracker.cli")


def test_every_name_that_the_logger_promises_is_there() -> None:
    for name in logger.__all__:
        assert getattr(logger, name) is not None
    assert set(dir(logger)) == set(logger.__all__)
    with pytest.raises(AttributeError, match="nothing_such"):
        logger.nothing_such  # noqa: B018
