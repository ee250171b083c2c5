"""A viewer left open beside a busy writer, for seconds; `python -m tests.faults watched` takes its time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults.watched import MOST_WAL, watch

# The charts of a longer run are of more points; beyond that memory stays where it is.
MOST_GROWTH = 48 * 2**20


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_the_wal_stays_short_and_the_viewer_small(tmp_path: Path) -> None:
    seen = watch(tmp_path, 4.0)
    assert seen.points > 10_000
    assert 0 < seen.wal_bytes <= MOST_WAL
    assert seen.growth <= MOST_GROWTH
