from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.frames import EVENT, FRAME_BYTES, POINTS, SHAPE, PointEncoder, framed, frames
from logger.journal import Journal
from logger.journal_reader import JournalReader, describe


def written(directory: Path, count: int = 5) -> bytes:
    """A journal of one event, one shape and some points."""
    made = Journal(directory)
    made.append_json(EVENT, {"event": "note", "run": "r", "note": "hello"})
    made.append_json(SHAPE, {"shape": 1, "run": "r", "keys": ["a", "b"]})
    encoder = PointEncoder(1, 2)
    for step in range(count):
        made.append(POINTS, encoder.encode(step, 1000 + step, (step * 0.5, -step)))
    made.close()
    return made.path.read_bytes()


def read_back(path: Path, data: bytes) -> tuple[list[dict[str, object]], list[float]]:
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDONLY)
    events, values = [], []
    try:
        reader = JournalReader(descriptor)
        while (batch := reader.next_batch()).end > reader.offset:
            events += batch.events
            if batch.points:
                values += batch.points["r"]["a"].values.tolist()
            reader.offset = batch.end
    finally:
        os.close(descriptor)
    return events, values


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=100)), max_size=20))
def test_frames_give_back_what_was_appended(records: list[tuple[int, bytes]]) -> None:
    data = b"".join(framed(kind, body) for kind, body in records)
    assert [(kind, body) for _, kind, body in frames(data)] == records


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    events, values = read_back(tmp_path / "copy", written(tmp_path))
    assert events == [{"event": "note", "run": "r", "note": "hello"}]
    assert values == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_a_journal_cut_at_any_byte_gives_the_records_before_the_cut(tmp_path: Path) -> None:
    data = written(tmp_path)
    ends = [(end, kind) for end, kind, _ in frames(data)]
    for cut in range(len(data) + 1):
        whole = sum(1 for end, kind in ends if kind == POINTS and end <= cut)
        _, values = read_back(tmp_path / "cut", data[:cut])
        assert values == [0.0, 0.5, 1.0, 1.5, 2.0][:whole]


def test_a_flipped_bit_costs_at_most_its_own_record(tmp_path: Path) -> None:
    data = written(tmp_path)
    points = [(end, len(body)) for end, kind, body in frames(data) if kind == POINTS]
    first = points[0][0] - points[0][1] - FRAME_BYTES
    for place in range(first, len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 0x10
        _, values = read_back(tmp_path / "damaged", bytes(damaged))
        hit = next(number for number, (end, _) in enumerate(points) if place < end)
        expected = [0.5 * step for step in range(5) if step != hit]
        # A kind of frame that is not known is skipped like a damaged one.
        assert values == expected, place


@given(st.binary(max_size=400))
def test_foreign_bytes_are_read_in_order_and_to_their_end(data: bytes) -> None:
    ends = [end for end, _, _ in frames(data)]
    assert ends == sorted(set(ends)) and all(0 < end <= len(data) for end in ends)


def test_a_frame_longer_than_what_is_read_at_a_time_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JournalReader, "SLICE", 64)
    made = Journal(tmp_path)
    made.append_json(EVENT, {"event": "note", "run": "r", "note": "x" * 5000})
    made.append_json(EVENT, {"event": "note", "run": "r", "note": "y"})
    made.close()
    events, _ = read_back(tmp_path / "copy", made.path.read_bytes())
    assert [len(str(event["note"])) for event in events] == [5000, 1]


def test_points_of_one_name_in_two_shapes_keep_their_order(tmp_path: Path) -> None:
    made = Journal(tmp_path)
    made.append_json(SHAPE, {"shape": 1, "run": "r", "keys": ["a"]})
    made.append_json(SHAPE, {"shape": 2, "run": "r", "keys": ["b", "a"]})
    alone, both = PointEncoder(1, 1), PointEncoder(2, 2)
    for step in range(6):
        if step % 2:
            made.append(POINTS, both.encode(step, step, (0.0, float(step))))
        else:
            made.append(POINTS, alone.encode(step, step, (float(step),)))
    made.close()
    _, values = read_back(tmp_path / "copy", made.path.read_bytes())
    assert values == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_points_of_shapes_of_equal_length_are_told_apart(tmp_path: Path) -> None:
    made = Journal(tmp_path)
    for shape, key in ((1, "a"), (2, "b")):
        made.append_json(SHAPE, {"shape": shape, "run": "r", "keys": [key]})
    for step in range(8):
        made.append(POINTS, PointEncoder(1 + step // 2 % 2, 1).encode(step, 1000 + step, (step * 0.5,)))
    made.close()
    with made.path.open("rb") as file:
        points = JournalReader(file.fileno()).next_batch().points["r"]
    assert (points["a"].steps.tolist(), points["b"].steps.tolist()) == ([0, 1, 4, 5], [2, 3, 6, 7])
    assert points["b"].values.tolist() == [1.0, 1.5, 3.0, 3.5]
    assert points["b"].times.tolist() == [1002, 1003, 1006, 1007]


def test_a_point_too_short_for_its_shape_is_damage_and_passed_over(tmp_path: Path) -> None:
    made = Journal(tmp_path)
    made.append_json(SHAPE, {"shape": 1, "run": "r", "keys": ["a"]})
    for step, width in enumerate((1, 0, 1)):
        made.append(POINTS, PointEncoder(1, width).encode(step, step, (0.5,) * width))
    made.close()
    with made.path.open("rb") as file:
        reader = JournalReader(file.fileno())
        assert reader.next_batch().points["r"]["a"].steps.tolist() == [0, 2]
        assert reader.damaged


def test_a_batch_tells_whether_more_of_the_journal_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "copy"
    path.write_bytes(written(tmp_path))
    with path.open("rb") as file:
        assert JournalReader(file.fileno()).next_batch().is_last
        monkeypatch.setattr(JournalReader, "SLICE", 200)
        assert not JournalReader(file.fileno()).next_batch().is_last


def test_lone_surrogates_do_not_stop_a_record(tmp_path: Path) -> None:
    made = Journal(tmp_path)
    made.append_json(EVENT, {"event": "note", "run": "r", "note": "a\ud800b"})
    made.close()
    events, _ = read_back(tmp_path / "copy", made.path.read_bytes())
    assert events[0]["note"] == "a?b"


def test_what_cannot_be_written_is_kept_told_once_and_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Journal(tmp_path)
    made.append_json(EVENT, {"event": "note", "run": "r", "note": "before"})
    full = True
    real_write = os.write

    def write(descriptor: int, data: bytes) -> int:
        """A disk with room for three more bytes, then none."""
        if full:
            return real_write(descriptor, data[:3])
        return real_write(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made.append_json(EVENT, {"event": "note", "run": "r", "note": "during"})
        made.append_json(EVENT, {"event": "note", "run": "r", "note": "still"})
    assert len(told) == 1
    assert "training goes on" in str(told[0].message)
    assert made.is_stuck
    full = False
    made.retry(force=True)
    made.append_json(EVENT, {"event": "note", "run": "r", "note": "after"})
    made.close()
    events, _ = read_back(tmp_path / "copy", made.path.read_bytes())
    assert [event["note"] for event in events] == ["before", "during", "still", "after"]


def test_a_journal_can_be_printed(tmp_path: Path) -> None:
    lines = list(describe(written(tmp_path, 1)))
    assert [line.split()[1] for line in lines] == ["header", "event", "shape", "points"]
    assert lines[-1].endswith('step=0 time=1.000 "a"=0.0 "b"=0.0')


def test_records_that_memory_has_no_room_for_are_not_dropped_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logger.journal._BACKLOG_BYTES", 1000)
    monkeypatch.setattr(os, "write", lambda *_: 0)
    made = Journal(tmp_path)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(100):
            made.append_json(EVENT, {"event": "note", "run": "r", "note": "x" * 100})
    assert [("kept in memory" in str(each.message), "is lost" in str(each.message)) for each in told] == [
        (True, False),
        (False, True),
    ]
