from __future__ import annotations

import time

import pytest

import logger
from logger import pacing
from logger.pacing import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


@pytest.mark.parametrize(("late_by", "pause"), [(0.0, 0.1), (0.005, 0.1), (0.02, 0.25), (60.0, 0.25)])
def test_a_turn_that_comes_late_to_its_end_is_followed_by_a_longer_pause(
    late_by: float, pause: float, clock: Clock
) -> None:
    pace = Pace()
    clock.now += pace.pause() + late_by
    # Whoever gives way makes no difference to that.
    pace.give_way(int(clock.now * 1000))
    assert pace.pause() == pause
    clock.now += pause
    assert pace.pause() == 0.1


def test_nobody_gives_way_before_there_is_filing_nor_after_its_end() -> None:
    pace = Pace()
    far_away = 2**62
    assert pace.starves_at > far_away
    pace.pause()
    assert pace.starves_at < far_away
    pace.stop()
    assert pace.starves_at > far_away


def test_who_gives_way_does_so_again_ever_later_until_the_turn_is_over(clock: Clock) -> None:
    pace = Pace()
    pace.pause()
    assert pace.starves_at == 1_000_108
    now, gaps = pace.starves_at, []
    for _ in range(6):
        pace.give_way(now)
        gaps.append(pace.starves_at - now)
        now = pace.starves_at
    assert gaps == [4, 8, 16, 32, 32, 32]
    assert len(clock.slept) == 6 and max(clock.slept) < 0.001
    pace.pause()
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

    def pause(self) -> float:
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
