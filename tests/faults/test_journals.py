"""Journals as no process of ours leaves them: torn, flipped, empty, foreign, hostile, of a newer version.

Whatever lies in the journal directory, the whole records of the others are filed, nothing raises, nothing waits, and no
file that could not be read in full is deleted.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger import journal as journals
from logger.frames import (
    EVENT,
    FORMAT,
    HEADER,
    LONGEST_BODY,
    MAGIC,
    POINTS,
    SHAPE,
    PointEncoder,
    framed,
    frames,
)
from logger.journal import Journal
from logger.orphans import collect_orphans
from logger.store.connection import open_reader, writing
from logger.store.locate import Store

POINT_COUNT = 4


def event(name: str, uid: str, **values: object) -> bytes:
    return framed(EVENT, json.dumps({"event": name, "run": uid, "time": 1.0, **values}).encode())


def whole_journal(directory: Path, uid: str) -> bytes:
    """A journal of a run with some points, as its process would have written it."""
    made = Journal(directory)
    made.append_json(EVENT, {"event": "start", "run": uid, "values": {"name": uid, "started": 1.0}})
    made.append_json(SHAPE, {"shape": 1, "run": uid, "keys": ["a"]})
    for step in range(POINT_COUNT):
        made.append(POINTS, PointEncoder(1, 1).encode(step, 1000 + step, (float(step),)))
    made.close()
    data = made.path.read_bytes()
    made.path.unlink()
    return data


def points_of(store: Store) -> dict[str, list[float]]:
    return {run.name: run.history("a").values for run in logger.search_runs(store=store, max_results=50_000)}


def test_a_journal_torn_at_any_byte_gives_the_records_before_it_and_is_gone(store: Store) -> None:
    expected = {}
    length = len(whole_journal(store.journals, "0" * 32))
    for cut in range(length):
        uid = f"{cut:032x}"
        data = whole_journal(store.journals, uid)[:cut]
        (store.journals / f"torn-{cut}.journal").write_bytes(data)
        kinds = [kind for _, kind, _ in frames(data)]
        if EVENT in kinds:
            expected[uid] = [float(step) for step in range(kinds.count(POINTS))]
    assert collect_orphans(store) == length
    assert points_of(store) == expected
    assert {path.suffix for path in store.journals.iterdir()} <= {journals.DAMAGED_SUFFIX}


def test_a_bit_flipped_at_any_byte_costs_its_own_record_and_the_file_is_kept_aside(store: Store) -> None:
    header, start, shape, first, last = 0, 1, 2, 3, 2 + POINT_COUNT
    hit = {}
    for place in range(len(whole_journal(store.journals, "0" * 32)) - 2):
        damaged = bytearray(whole_journal(store.journals, f"{place:032x}"))
        hit[place] = sum(end <= place for end, _, _ in frames(bytes(damaged)))
        damaged[place] ^= 0x10
        (store.journals / f"flipped-{place}.journal").write_bytes(damaged)
    assert collect_orphans(store) == len(hit)
    assert {run.status for run in logger.search_runs(store=store)} == {"LOST"}
    found = points_of(store)
    for place, number in hit.items():
        name = f"{place:032x}"
        # Without its start a run is known by its points alone, under the beginning of its id.
        values = found.get(name[:8] if number == start else name, [])
        if number != shape:
            assert values == [float(step) for step in range(POINT_COUNT) if number != first + step], place
        else:
            assert values == []
    kept = {path.name for path in store.journals.iterdir()}
    for place, number in hit.items():
        # One that ends in a damaged record cannot be told from one that was torn by the death of its process.
        if number != last:
            assert f"flipped-{place}.journal{journals.DAMAGED_SUFFIX}" in kept
    assert len(kept) < len(hit)
    assert header in hit.values()


HOSTILE = {
    "empty": b"",
    "text": b"these are my notes, do not lose them\n" * 50,
    "zeros": bytes(5000),
    "noise": os.urandom(5000),
    "magic": MAGIC * 3000,
    "no-json": framed(EVENT, b"{") + framed(SHAPE, b"\xff"),
    "deep-json": framed(EVENT, b"[" * 100_000) + framed(EVENT, b'{"a":' * 50_000),
    "long-integer": framed(EVENT, b'{"event": "note", "run": "r", "note": ' + b"9" * 5000 + b"}"),
    "lists": framed(EVENT, b"[]") + framed(SHAPE, b"[1]"),
    "nameless": framed(EVENT, b'{"run": "r"}') + framed(EVENT, b'{"event": "note"}') + framed(SHAPE, b"{}"),
    "wrong-types": event("start", "w" * 32, values=5)
    + event("start", "w" * 32, values={"name": {"a": 1}, "started": "soon"})
    + event("params", "w" * 32, values=["a"])
    + event("tags", "w" * 32, values={"a": [1]})
    + event("artifact", "w" * 32, path=None)
    + event("finish", "w" * 32),
    "surrogates": event("note", "s" * 32, note="\ud800") + event("start", "\ud800", values={"started": 1}),
    "statements": event(
        "start", "i" * 32, values={"name": "i", "started": 1.0, "note = (SELECT 1), user": "x", "nowhere": 1}
    ),
    "short-points": framed(POINTS, b"") + framed(POINTS, b"\x01\0\0\0"),
    "odd-points": framed(SHAPE, b'{"shape": 7, "run": "p", "keys": ["a"]}')
    + framed(POINTS, b"\x07" + bytes(40)),
    "odd-shapes": framed(SHAPE, b'{"shape": [], "run": 5, "keys": "abc"}')
    + framed(SHAPE, b'{"shape": 1, "run": "p", "keys": [1, null]}'),
    "unknown-kind": framed(200, b"from another world"),
}


def test_whatever_lies_among_the_journals_the_others_are_filed(store: Store, tmp_path: Path) -> None:
    for name, data in HOSTILE.items():
        (store.journals / f"a-{name}.journal").write_bytes(data)
    os.mkfifo(store.journals / "a-pipe.journal")
    (store.journals / "a-folder.journal").mkdir()
    (tmp_path / "elsewhere").write_text("not a journal of this store")
    (store.journals / "a-link.journal").symlink_to(tmp_path / "elsewhere")
    (store.journals / "a-nowhere.journal").symlink_to("/nowhere")
    with (store.journals / "a-huge.journal").open("wb") as huge:
        huge.truncate(300 * 1024 * 1024)
        huge.seek(0, os.SEEK_END)
        huge.write(whole_journal(store.journals, "c" * 32))
    uid = "b" * 32
    (store.journals / "z-ours.journal").write_bytes(whole_journal(store.journals, uid))
    collect_orphans(store)
    found = points_of(store)
    assert found[uid] == found["c" * 32] == [0.0, 1.0, 2.0, 3.0]
    left = {path.name.removeprefix("a-").split(".")[0] for path in store.journals.iterdir()}
    assert {"text", "zeros", "noise", "no-json", "pipe", "folder", "link", "nowhere", "huge"} <= left
    assert "empty" not in left and "z-ours" not in left
    # Once is enough: what has been put aside is not read again.
    assert collect_orphans(store) == 0
    with closing(open_reader(store)) as reader:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_journal_of_a_newer_version_waits_for_it(store: Store) -> None:
    with writing(store):
        pass
    newer = framed(HEADER, json.dumps({"format": FORMAT + 1}).encode())
    path = store.journals / "newer.journal"
    path.write_bytes(newer + whole_journal(store.journals, "n" * 32))
    assert collect_orphans(store) == 0
    assert path.exists()
    assert points_of(store) == {}


def test_a_record_longer_than_what_is_read_back_is_refused() -> None:
    run = logger.start_run("e")
    with pytest.raises(ValueError, match="log_text"):
        run.note("x" * (LONGEST_BODY + 1))
    run.log({"a": 1})
    run.finish()
    assert run.history("a").values == [1.0]


def test_a_journal_being_born_is_not_locked_by_those_who_look_for_orphans(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.journals / "x.journal.new").write_bytes(b"")
    monkeypatch.setattr(
        "logger.orphans.fcntl.flock", lambda *_: pytest.fail("its process would find it locked")
    )
    assert collect_orphans(store) == 0


def test_a_journal_that_somebody_looks_at_as_it_is_born_is_made_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = iter([True, True])
    locked = fcntl.flock

    def flock(descriptor: int, operation: int) -> None:
        if next(taken, False):
            raise BlockingIOError
        locked(descriptor, operation)

    monkeypatch.setattr("logger.journal.fcntl.flock", flock)
    made = Journal(store.journals)
    assert made.create()
    made.close()
