"""Fixtures that every test may use: a store of its own, and no trace of the developer's. And hypothesis's profiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from logger import code_capture, context, monitor, process
from logger.store import locate
from logger.store.locate import Store

# The same examples at each call, none too slow for a busy machine: what fails here has been broken by a change.
settings.register_profile(
    "suite", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
# Looks for what nobody has broken yet: `python -m pytest tests/unit --hypothesis-profile=search`.
settings.register_profile(
    "search", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pictures-to",
        metavar="DIR",
        help="draw the pictures of tests/screens/test_snapshots.py there, as SVG",
    )


@pytest.fixture(autouse=True)
def _own_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in its own empty directory: no store is named, no machine sampled, nothing remembered,
    and the terminal is a common one."""
    monkeypatch.delenv(locate.ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
    monkeypatch.setenv(monitor.ENVIRONMENT_VARIABLE, "0")
    monkeypatch.setenv(code_capture.ENVIRONMENT_VARIABLE, "0")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    for name, value in {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "COLORFGBG", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _no_open_runs() -> Iterator[None]:
    """What a test leaves open is closed before the next one."""
    yield
    process.close_all("FINISHED")
    context.active.runs.clear()
    context.settings.store = None
    context.settings.experiment = None


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store in the test's working directory; its database is made at the first write."""
    return locate.for_writing(tmp_path / locate.DIRECTORY_NAME)
