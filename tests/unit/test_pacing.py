from __future__ import annotations

import time

import pytest

import logger
from logger import pacing
from logger.pacing import Pace


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that whoever gives way sleeps, without sleeping."""
    seconds: list[float] = []
    monkeypatch.setattr(pacing.time, "sleep", seconds.append)
    monkeypatch.setattr(pacing.time, "time", lambda: 1000.0)
    return seconds


@pytest.mark.parametrize(
    ("spent", "pause"), [(0.0, 0.1), (0.0001, 0.1), (0.0005, 0.2), (0.01, 0.25), (9.0, 0.25)]
)
def test_filing_takes_a_small_part_of_the_time_while_records_do_not_wait_for_long(
    spent: float, pause: float
) -> None:
    assert Pace().pause(spent) == pytest.approx(pause)


def test_nobody_gives_way_before_there_is_filing_nor_after_its_end() -> None:
    pace = Pace()
    far_away = 2**62
    assert pace.starves_at > far_away
    pace.pause(0.0)
    assert pace.starves_at < far_away
    pace.stop()
    assert pace.starves_at > far_away


def test_who_gives_way_does_so_again_ever_later_until_the_turn_is_over(slept: list[float]) -> None:
    pace = Pace()
    pace.pause(0.0)
    assert pace.starves_at == 1_000_108
    now, gaps = pace.starves_at, []
    for _ in range(6):
        pace.give_way(now)
        gaps.append(pace.starves_at - now)
        now = pace.starves_at
    assert gaps == [4, 8, 16, 32, 32, 32]
    assert len(slept) == 6 and max(slept) < 0.001
    pace.pause(0.0)
    pace.give_way(0)
    assert pace.starves_at == 4


class Starving(Pace):
    """Filing that has been late since 1970, until somebody gives way to it."""

    def __init__(self) -> None:
        super().__init__()
        self.starves_at = 0
        self.asked: list[int] = []

    def give_way(self, now_ms: int) -> None:
        self.asked.append(now_ms)
        self.starves_at = now_ms + 3_600_000

    def pause(self, spent: float) -> float:
        return 0.1


def test_a_loop_that_logs_gives_way_once_to_filing_that_starves() -> None:
    with logger.start_run("e") as run:
        pace = run._recorder.pace = Starving()
        before = time.time_ns() // 1_000_000
        for step in range(100):
            # What counts is the time of the call, whatever time is logged.
            run.log({"a": step}, step, timestamp=2**60)
        after = time.time_ns() // 1_000_000
    [now_ms] = pace.asked
    assert before <= now_ms <= after
    assert run.history("a").values == list(range(100))
