"""What was recorded is read back: any line, by the number of its row; found from either end; however it grows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.console.reading import Console, consoles, pattern_of
from logger.console.record import BLOCK, PARTS, STDERR, STDOUT, Record


def opened(directory: Path) -> Console:
    [console] = consoles(directory)
    console.refresh()
    return console


def texts(console: Console, start: int = 0, stop: int | None = None) -> list[bytes]:
    return [line.text for line in console.lines(start, console.count if stop is None else stop)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([STDOUT, STDERR]),
            st.lists(st.integers(0, 30_000), min_size=1, max_size=4),
            st.integers(0, 300),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_line_is_found_by_its_row(tmp_path_factory: pytest.TempPathFactory, writes: list) -> None:
    directory = tmp_path_factory.mktemp("console")
    record = Record(str(directory), "host-1-a")
    wanted, now = [], 1000
    for stream, lengths, pause in writes:
        now += pause
        for length in lengths:
            wanted.append((stream, b"%d" % len(wanted) + b"x" * length))
        record.write(stream, b"".join(text + b"\n" for _, text in wanted[-len(lengths) :]), now)
    record.close()
    console = opened(directory)
    assert [(line.stream, line.text) for line in console.lines(0, console.count)] == wanted
    for row, (stream, text) in enumerate(wanted):
        [line] = console.lines(row, row + 1)
        assert (line.number, line.stream, line.text) == (row, stream, text)
        assert abs(line.time_ms - now) <= now


def test_a_search_finds_every_match_forwards_and_backwards(tmp_path: Path) -> None:
    record = Record(str(tmp_path), "host-1-a")
    for number in range(200_000):
        record.write(STDOUT, b"step %d of many, Loss=0.1\n" % number, 1000 + number // 50)
    record.close()
    console = opened(tmp_path)
    pattern = pattern_of("step 777")
    wanted = [number for number in range(200_000) if str(number).startswith("777")]
    assert list(console.search(pattern, 0)) == wanted
    assert list(console.search(pattern, 777)) == wanted
    assert list(console.search(pattern, 778)) == wanted[1:]
    assert list(console.search(pattern, console.count, backwards=True)) == wanted[::-1]
    assert list(console.search(pattern, 77_700, backwards=True)) == [
        number for number in wanted[::-1] if number <= 77_700
    ]
    assert next(console.search(pattern_of("loss"), 5)) == 5
    assert list(console.search(pattern_of("lOSS"), 0)) == []
    assert list(console.search(pattern, 0, stopped=lambda: True)) == []


def test_a_console_grows_while_it_is_read(tmp_path: Path) -> None:
    record = Record(str(tmp_path), "host-1-a")
    record.show([(STDERR, b" 10%")])
    console = opened(tmp_path)
    assert [(line.text, line.is_open, line.stream) for line in console.lines(0, 9)] == [
        (b" 10%", True, STDERR)
    ]
    assert not console.refresh()
    record.write(STDOUT, b"one\n", 5)
    record.flush()
    assert console.refresh()
    assert texts(console) == [b"one", b" 10%"]
    record.write(STDOUT, b"two\n", 5)
    record.show([(STDERR, b" 20%")])
    record.flush()
    assert console.refresh()
    assert texts(console) == [b"one", b"two", b" 20%"]
    record.write(STDERR, b"100%\n", 900)
    record.close()
    assert console.refresh()
    assert texts(console) == [b"one", b"two", b"100%"]


def test_a_record_is_bounded_and_keeps_the_first_and_the_latest(tmp_path: Path) -> None:
    limit = PARTS * BLOCK
    record = Record(str(tmp_path), "host-1-a", limit)
    count = 40_000
    for number in range(count):
        record.write(STDOUT, b"line %d, and some more of it to make it long\n" % number, number)
    record.close()
    assert sum(path.stat().st_size for path in tmp_path.glob("*.log")) <= limit * 1.1
    console = opened(tmp_path)
    found = texts(console)
    assert found[0].startswith(b"line 0,")
    assert found[-1].startswith(b"line %d," % (count - 1))
    [gap] = [row for row, text in enumerate(found) if text.startswith(b"[tui-tracker")]
    after = console.lines(gap + 1, gap + 2)[0]
    assert str(after.number - gap).encode() in found[gap]
    assert len(found) == count - (after.number - gap) + 1
    assert list(console.search(pattern_of(f"line {count - 7},"), 0)) == [len(found) - 7]


def test_a_full_disk_leaves_a_gap_that_is_told_and_no_torn_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record(str(tmp_path), "host-1-a")
    record.write(STDOUT, b"before\n", 1)
    record.flush()
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 30:
            return write(descriptor, bytes(data)[:3])
        if len(data) > 24:
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    monkeypatch.setattr(os, "writev", lambda descriptor, blocks: full(descriptor, b"".join(blocks)))
    record.write(STDOUT, b"this line does not fit on the disk\n", 2)
    record.flush()
    monkeypatch.undo()
    record.write(STDERR, b"after\n", 3)
    record.close()
    console = opened(tmp_path)
    before, told, after = texts(console)
    assert (before, after) == (b"before", b"after")
    assert b"35 bytes" in told and b"No space left" in told


def test_what_is_no_record_is_no_console(tmp_path: Path) -> None:
    assert consoles(tmp_path / "missing") == []
    (tmp_path / "a.0001.log").write_bytes(b"no index\n")
    (tmp_path / "b.0001.log").write_bytes(b"x\n")
    (tmp_path / "b.0001.idx").write_bytes(b"\xff" * 50)
    (tmp_path / "c.0001.log").symlink_to("/etc/passwd")
    for console in consoles(tmp_path):
        console.refresh()
        assert texts(console) == []
