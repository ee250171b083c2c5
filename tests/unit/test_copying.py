"""Bytes that are moved: equal, hashed, gone on with, under one name at a time."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logger import copying, progress
from logger.copying import copy
from logger.partial import Partial, identity_of
from logger.store import partials


@contextmanager
def opened(source: Path, target: Path) -> Iterator[tuple[int, int]]:
    reading = os.open(source, os.O_RDONLY)
    writing = os.open(target, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield reading, writing
    finally:
        os.close(reading)
        os.close(writing)


def copied(source: Path, target: Path) -> copying.Copied:
    with opened(source, target) as (reading, writing):
        return copy(reading, writing, source.stat().st_size)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few bytes, so that small files have many."""
    monkeypatch.setattr(copying, "_BLOCK", 16)
    monkeypatch.setattr(copying, "LARGE", 64)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=300), there=st.binary(max_size=300), same=st.integers(0, 300))
def test_a_copy_is_equal_whatever_was_there(
    tmp_path: Path, small_blocks: None, content: bytes, there: bytes, same: int
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(content)
    target.write_bytes(content[:same] + there)
    done = copied(source, target)
    assert target.read_bytes() == content
    assert done == copying.Copied(len(content), hashlib.sha256(content).hexdigest())


def test_what_is_there_is_not_written_again(
    tmp_path: Path, small_blocks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(256)))
    target.write_bytes(bytes(range(160)))
    written = []
    monkeypatch.setattr(copying, "write_all", lambda target, block: written.append(os.write(target, block)))
    copied(source, target)
    assert sum(written) == 256 - 160
    assert target.read_bytes() == bytes(range(256))


def test_a_file_whose_size_is_not_told_is_read_to_its_end(tmp_path: Path) -> None:
    done = copied(Path("/proc/self/status"), tmp_path / "target")
    assert done.size == (tmp_path / "target").stat().st_size > 100


def test_a_file_that_cannot_fit_fails_before_the_disk_is_full(
    tmp_path: Path, small_blocks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Room:
        f_blocks, f_bavail, f_frsize = 10, 3, 10

    (tmp_path / "source").write_bytes(bytes(100))
    monkeypatch.setattr(copying, "clone", lambda *_: False)
    monkeypatch.setattr(os, "fstatvfs", lambda _: Room)
    with pytest.raises(OSError) as caught:
        copied(tmp_path / "source", tmp_path / "target")
    assert caught.value.errno == errno.ENOSPC
    assert not (tmp_path / "target").stat().st_size


def test_two_that_write_the_same_file_do_not_write_into_one(tmp_path: Path) -> None:
    target = tmp_path / "model"
    with Partial(target, "abc") as first, Partial(target, "abc") as second:
        os.write(first.descriptor, b"first")
        os.write(second.descriptor, b"second")
        first.complete()
        assert target.read_bytes() == b"first"
        second.complete()
    assert target.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("error", "kept"),
    [(OSError(errno.EIO, ""), True), (OSError(errno.ENOSPC, ""), False), (KeyboardInterrupt(), True)],
)
def test_what_was_copied_is_kept_unless_the_disk_is_full(
    tmp_path: Path, error: BaseException, kept: bool
) -> None:
    target = tmp_path / "model"
    with pytest.raises(type(error)), Partial(target, "abc") as partial:
        os.write(partial.descriptor, b"half")
        raise error
    assert [path.read_bytes() for path in partials.of(target)] == [b"half"] * kept
    assert partials.size(target) == 4 * kept
    with Partial(target, "abc") as partial:
        assert os.fstat(partial.descriptor).st_size == 4 * kept
        partial.complete()
    with Partial(target) as partial:
        partial.complete()
    assert list(tmp_path.iterdir()) == [target]


def test_the_rest_of_another_source_goes_when_a_copy_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "model"
    for identity in ("abc", "def"):
        with pytest.raises(OSError), Partial(target, identity) as partial:
            os.write(partial.descriptor, b"half")
            raise OSError(errno.EIO, "")
    with Partial(target, "abc") as partial:
        partial.complete()
    assert list(tmp_path.iterdir()) == [target]


def test_a_source_that_was_written_to_is_another(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"one")
    before = identity_of(source, source.stat())
    assert identity_of(source, source.stat()) == before
    os.utime(source, ns=(0, 1))
    assert identity_of(source, source.stat()) != before


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_on_a_terminal_after_a_while_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(progress.sys, "stderr", stream := Terminal())
    with progress.Progress("copying a\x1b[2J\u202eb", 4_000_000_000) as tell:
        for clock[0] in (0.5, 1.1, 1.2, 1.5):
            tell(int(clock[0] * 1e9))
    shown = stream.getvalue()
    assert shown.count("of 4.0 GB") == 2
    assert "28%" in shown and "38%" in shown
    assert "\x1b" not in shown and "\u202e" not in shown
    assert shown.endswith("\r") and shown.split("\r")[-2].isspace()
    monkeypatch.setattr(progress.sys, "stderr", plain := io.StringIO())
    with progress.Progress("copying", 10) as tell:
        clock[0] = 100.0
        tell(5)
    assert not plain.getvalue()
