"""Calling `tracker-tui` within a test: what it did, as a value."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tui_tracker.cli import main


@dataclass(frozen=True)
class Result:
    """What a command line did."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.output)

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.output)))


Run = Callable[..., Result]


def caller(capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs `tracker-tui` with its arguments."""

    def call(*arguments: str) -> Result:
        try:
            status = main(arguments)
        except SystemExit as ending:
            status = int(ending.code or 0)
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return call


def refused(result: Result, status: int) -> str:
    """The one sentence of a command that failed as it should."""
    assert result.status == status, (result.output, result.errors)
    assert result.output == "" and "Traceback" not in result.errors
    assert result.errors.startswith("tracker-tui")
    return result.errors
