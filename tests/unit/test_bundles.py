"""Versions carried from one store to another: all of it arrives, what was tampered with does not."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import math
import os
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from logger.artifacts import write_bytes
from logger.bundles import BundleError, export_version, import_version, verify
from logger.bundles.layout import json_number, number_of
from logger.store import artifacts, inputs, registry, runs, series
from logger.store.connection import open_reader, writing
from logger.store.inputs import Input
from logger.store.locate import Store, for_writing
from logger.store.registry import RegistryError
from tests.hostile import HOSTILE
from tests.sample import NOW, add_run

UID = "a" * 32
VALUES = [0.5, math.nan, math.inf, -math.inf, 0.9]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A run with every kind of record, registered as version 1 (a directory) and 2 (a file) of churn."""
    found = for_writing(tmp_path / "from" / ".tracker")
    metrics = {"val/acc": VALUES, "train/loss": [1.0] * 40_000}
    add_run(
        found, "otter", uid=UID, params={"lr": "0.1"}, tags={"team": "x"}, metrics=metrics, note="a\nnote"
    )
    with writing(found) as connection:
        run_id = connection.execute("SELECT id FROM runs").fetchone()[0]
        hashes = {}
        for path, content in (("net/a.bin", b"aaa"), ("net/deep/b.bin", b"b" * 3_000_000), ("one.bin", b"1")):
            copy = write_bytes(found, UID, content, path, 7)
            hashes[path] = copy["sha256"]
            artifacts.record(connection, run_id, copy)
        inputs.record(connection, run_id, Input("data", "/d.csv", "training", 5, 1, "ab", NOW))
        net = registry.hash_of({"a.bin": hashes["net/a.bin"], "deep/b.bin": hashes["net/deep/b.bin"]})
        registry.create_model(connection, "churn", description="predicts", tags={"owner": "ada"})
        registry.register_version(
            connection,
            "churn",
            run_uid=UID,
            path="net",
            sha256=net,
            size=3_000_003,
            description="d",
            tags={"k": "v"},
        )
        registry.register_version(
            connection, "churn", run_uid=UID, path="one.bin", sha256=hashes["one.bin"], size=1
        )
        registry.register_version(connection, "churn", run_uid=None, source="s3://elsewhere")
        registry.transition(connection, "churn", 1, "Production", archive_existing=True, reason="why not")
        registry.set_alias(connection, "churn", "champion", 1)
    return found


@pytest.fixture
def other(tmp_path: Path) -> Store:
    """A store that knows nothing of it."""
    return for_writing(tmp_path / "to" / ".tracker")


@pytest.mark.parametrize("name", ["bundle", "bundle.tar", "bundle.tar.gz", "bundle.TGZ"])
def test_a_version_arrives_with_all_that_belongs_to_it(
    store: Store, other: Store, tmp_path: Path, name: str
) -> None:
    target = tmp_path / "out" / name
    digest = export_version(store, "churn", 1, target, card="# the card\n")
    assert sorted(path.name for path in target.parent.iterdir()) == [name]
    found = verify(target)
    assert (found.model, found.version, found.sha256, found.problems) == ("churn", 1, digest, ())
    assert found.files == 7
    done = import_version(other, target, user="eve")
    assert (done.model, done.version, done.run_uid, done.run_is_new) == ("churn", 1, UID, True)
    with closing(open_reader(store)) as source, closing(open_reader(other)) as copy:
        before, after = runs.find(source, UID), runs.find(copy, UID)
        for field in ("uid", "name", "experiment", "status", "started", "ended", "host", "note", "source"):
            assert getattr(after, field) == getattr(before, field), field
        for read in (runs.params, runs.tags, inputs.of_run):
            assert read(copy, after.id) == read(source, before.id)
        for key in ("val/acc", "train/loss"):
            old, new = series.history(source, before.id, key), series.history(copy, after.id, key)
            assert (new.steps, new.times, new.values.tobytes()) == (
                old.steps,
                old.times,
                old.values.tobytes(),
            )
        assert (
            repr(list(series.metrics(copy, after.id).values())[1]).partition("key")[2]
            == (repr(list(series.metrics(source, before.id).values())[1]).partition("key")[2])
        )
        version = registry.version(copy, "churn", 1)
        assert (version.description, version.tags, version.stage, version.aliases) == (
            "d",
            {"k": "v"},
            "None",
            (),
        )
        assert registry.verified_path(copy, other, version).joinpath("deep/b.bin").stat().st_size == 3_000_000
        assert [file.step for file in registry.files_of(copy, version)] == [7, 7]
        model = registry.model(copy, "churn")
        assert (model.description, model.tags) == ("predicts", {"owner": "ada"})
        event = registry.history(copy, "churn", 1)[0]
    assert (event.action, event.user, event.after) == ("import", "eve", "from v1 of churn")
    assert event.details["from"]["aliases"] == ["champion"]
    assert event.details["from"]["manifest"] == digest
    assert [past["action"] for past in event.details["history"]] == ["alias", "stage", "tag", "register"]


def test_importing_again_gives_the_next_number_and_the_same_run(
    store: Store, other: Store, tmp_path: Path
) -> None:
    export_version(store, "churn", 1, tmp_path / "one")
    export_version(store, "churn", 2, tmp_path / "two")
    import_version(other, tmp_path / "one")
    again = import_version(other, tmp_path / "one", name="mine")
    more = import_version(other, tmp_path / "two")
    assert (again.model, again.version, again.run_uid, again.run_is_new) == ("mine", 1, UID, False)
    assert (more.version, more.run_uid, more.run_is_new) == (2, UID, False)
    home = import_version(store, tmp_path / "two")
    assert (home.version, home.run_uid, home.run_is_new) == (4, UID, False)
    with closing(open_reader(other)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM runs").fetchone() == (1,)


def test_another_run_of_the_same_id_is_left_alone(store: Store, other: Store, tmp_path: Path) -> None:
    export_version(store, "churn", 2, tmp_path / "two")
    add_run(other, "impostor", uid=UID, params={"lr": "9"})
    done = import_version(other, tmp_path / "two")
    assert done.run_is_new and done.run_uid != UID
    with closing(open_reader(other)) as connection:
        assert runs.find(connection, UID).name == "impostor"
        copy = runs.find(connection, done.run_uid or "")
        assert runs.tags(connection, copy.id) == {"team": "x", "imported.run": UID}
        version = registry.version(connection, "churn", 1)
        assert registry.verified_path(connection, other, version).read_bytes() == b"1"


def test_an_import_goes_on_where_one_was_cut_short(store: Store, other: Store, tmp_path: Path) -> None:
    export_version(store, "churn", 1, tmp_path / "one")
    write_bytes(other, UID, b"aaa", "net/a.bin")
    assert import_version(other, tmp_path / "one").run_uid == UID
    with closing(open_reader(other)) as connection:
        version = registry.version(connection, "churn", 1)
        assert [file.path for file in registry.files_of(connection, version)] == [
            "net/a.bin",
            "net/deep/b.bin",
        ]
        registry.verified_path(connection, other, version)


def test_files_that_lie_where_the_run_would_are_left_alone(
    store: Store, other: Store, tmp_path: Path
) -> None:
    export_version(store, "churn", 2, tmp_path / "two")
    write_bytes(other, UID, b"mine", "one.bin")
    assert import_version(other, tmp_path / "two").run_uid != UID
    assert (other.artifacts / UID / "one.bin").read_bytes() == b"mine"


def test_a_version_without_files_or_run_goes_too(store: Store, other: Store, tmp_path: Path) -> None:
    export_version(store, "churn", 3, tmp_path / "three.tar")
    done = import_version(other, tmp_path / "three.tar")
    assert (done.run_uid, done.run_is_new) == (None, False)
    with closing(open_reader(other)) as connection:
        assert registry.version(connection, "churn", 1).source == "s3://elsewhere"


def test_nothing_is_exported_of_what_is_not_as_registered(store: Store, tmp_path: Path) -> None:
    (store.artifacts / UID / "net" / "a.bin").write_bytes(b"aab")
    with pytest.raises(RegistryError, match=r"'a\.bin' has changed"):
        export_version(store, "churn", 1, tmp_path / "out" / "bundle.tgz")
    assert not (tmp_path / "out").exists()
    (tmp_path / "there").mkdir()
    with pytest.raises(BundleError, match="is there already"):
        export_version(store, "churn", 2, tmp_path / "there")


Harm = Callable[[Path], object]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda top: (top / "files/net/a.bin").write_bytes(b"aab"), r"'files/net/a\.bin' has been changed"),
        (lambda top: (top / "files/net/a.bin").write_bytes(b"a"), "has 1 bytes, not 3"),
        (lambda top: (top / "files/net/a.bin").unlink(), "is missing"),
        (lambda top: (top / "files/net/more").write_bytes(b"a"), "is not in the manifest"),
        (lambda top: (top / "run.json").write_text("{}"), "run.json"),
        (lambda top: (top / "manifest.json").write_text("{}"), "no exported model"),
        (lambda top: (top / "manifest.json").write_text("[" * 100_000), "not JSON"),
        (lambda top: (top / "manifest.json").write_text('{"a": ' + "9" * 5000 + "}"), "not JSON"),
        (lambda top: (top / "manifest.json").unlink(), "it has no manifest"),
        (lambda top: (top / "manifest.json").symlink_to("/etc/passwd"), None),
        (lambda top: (top / "link").symlink_to("/etc/passwd"), "link or a special file"),
        (lambda top: (top / "files" / "loop").symlink_to(top), "link or a special file"),
        (lambda top: os.mkfifo(top / "pipe"), "link or a special file"),
    ],
)
def test_a_directory_that_was_tampered_with_is_refused_and_nothing_changes(
    store: Store, other: Store, tmp_path: Path, harm: Harm, said: str | None
) -> None:
    top = tmp_path / "bundle"
    export_version(store, "churn", 1, top)
    if said is None:
        (top / "manifest.json").unlink()
        said = "link or a special file"
    harm(top)
    with pytest.raises(BundleError, match=said):
        import_version(other, top)
    try:
        assert verify(top).problems
    except BundleError as error:
        assert "\n" not in str(error)
    assert not other.database.exists() and not other.artifacts.exists()


def rewritten(top: Path, name: str, change: Callable[[Any], Any]) -> None:
    """Change a JSON file of a bundle, and its manifest so that the hashes are right: as one who means harm would."""
    path = top / name
    raw = json.dumps(change(json.loads(path.read_text()))).encode()
    path.write_bytes(raw)
    resign(top)


def resign(top: Path) -> None:
    manifest = json.loads((top / "manifest.json").read_text())
    manifest["files"] = [
        {
            "path": path.relative_to(top).as_posix(),
            "size": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(top.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    ]
    (top / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("version.json", lambda raw: {**raw, "path": "../../x"}, "within the run"),
        ("version.json", lambda raw: {**raw, "path": "/etc"}, "within the run"),
        ("version.json", lambda raw: {**raw, "path": "files"}, "not of the version's artifact"),
        ("version.json", lambda raw: {**raw, "path": ""}, "without an artifact"),
        ("version.json", lambda raw: {**raw, "sha256": "0" * 64}, "not those that were registered"),
        ("version.json", lambda raw: {**raw, "model": "a/b"}, "contains / or :"),
        ("version.json", lambda raw: {**raw, "model": 7}, "'model' is missing or not"),
        ("version.json", lambda raw: {**raw, "size": 10**30}, "no number that can be kept"),
        ("version.json", lambda raw: {**raw, "status": "HACKED"}, "no version status"),
        ("version.json", lambda raw: {**raw, "tags": {"": "x"}}, "cannot be a tag"),
        ("version.json", lambda raw: [raw], "no JSON object"),
        ("run.json", lambda raw: {**raw, "uid": "../../../etc"}, "which is none"),
        ("run.json", lambda raw: {**raw, "uid": "A" * 32}, "which is none"),
        ("run.json", lambda raw: {**raw, "status": "HAPPY"}, "which is none"),
        ("run.json", lambda raw: {**raw, "started": 1e300}, "is no time"),
        ("run.json", lambda raw: {**raw, "params": {"a": 1}}, "not all text"),
        ("run.json", lambda raw: {**raw, "inputs": ["x"]}, "no JSON object"),
        ("history.json", lambda raw: {}, "no list"),
    ],
)
def test_contents_that_mean_harm_are_refused_though_their_hashes_are_right(
    store: Store, other: Store, tmp_path: Path, name: str, change: Callable[[Any], Any], said: str
) -> None:
    top = tmp_path / "bundle"
    export_version(store, "churn", 1, top)
    rewritten(top, name, change)
    assert verify(top).problems == ()
    with pytest.raises((BundleError, RegistryError), match=said):
        import_version(other, top)
    # Files that were copied in the meantime are gone again.
    assert not other.artifacts.exists() or not list(other.artifacts.rglob("*"))
    if other.database.exists():
        with closing(open_reader(other)) as connection:
            assert runs.by_uid(connection, UID) is None and registry.models(connection) == []


@pytest.mark.parametrize(
    "line",
    [
        '{"key": "m", "steps": [1], "times": [1], "values": ["Infinite"]}',
        '{"key": "m", "steps": [1, 2], "times": [1], "values": [1.0]}',
        '{"key": "m", "steps": [99999999999999999999], "times": [1], "values": [1.0]}',
        '{"key": "m", "steps": ["x"], "times": [1], "values": [1.0]}',
        '{"key": "m", "steps": [], "times": [], "values": []}',
        '{"key": ["m"], "steps": [1], "times": [1], "values": [1.0]}',
        '{"key": "m", "steps": [1], "times": [1], "values": [true]}',
        "[1]",
        "\x00",
    ],
)
def test_points_that_are_none_are_refused(store: Store, other: Store, tmp_path: Path, line: str) -> None:
    top = tmp_path / "bundle"
    export_version(store, "churn", 2, top)
    (top / "points.jsonl").write_text(line)
    resign(top)
    with pytest.raises(BundleError):
        import_version(other, top)
    with closing(open_reader(other)) as connection:
        assert runs.by_uid(connection, UID) is None


@pytest.mark.parametrize("text", HOSTILE, ids=[f"text {place}" for place in range(len(HOSTILE))])
def test_hostile_text_travels_as_text(store: Store, other: Store, tmp_path: Path, text: str) -> None:
    top = tmp_path / "bundle"
    export_version(store, "churn", 2, top)
    rewritten(
        top, "run.json", lambda raw: {**raw, "name": text, "note": text, "tags": {"t": text + "\ud800\0"}}
    )
    import_version(other, top)
    with closing(open_reader(other)) as connection:
        run = runs.find(connection, UID)
        assert (run.name, run.note, runs.tags(connection, run.id)) == (text, text, {"t": text + "?\0"})


def member(name: str, content: bytes = b"x", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def archive(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    "members",
    [
        [member("../../etc/passwd")],
        [member("/etc/passwd")],
        [member("top/../../x")],
        [member("top/a"), member("other/b")],
        [member("manifest.json")],
        [member("top/./a")],
        [member("top\\a")],
        [member("top/" + "a" * 300)],
        [member("top/" + "a/" * 600 + "b")],
        [member("top/a", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")],
        [member("top/a", b"", type=tarfile.LNKTYPE, linkname="top/b")],
        [member("top/a", b"", type=tarfile.FIFOTYPE)],
        [member("top/a", b"", type=tarfile.CHRTYPE, devmajor=1, devminor=5)],
        [member("top/a"), member("top/a")],
        [member("top/\x1b[2J")],
        [],
    ],
)
def test_hostile_archives_are_refused_and_write_nothing(
    other: Store, tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    path = archive(tmp_path / "x.tar", *members)
    before = {found: found.stat().st_mtime_ns for found in tmp_path.rglob("*")}
    for read in (verify, lambda path: import_version(other, path)):
        with pytest.raises(BundleError) as refused:
            read(path)
        assert "\n" not in str(refused.value)
    assert {found: found.stat().st_mtime_ns for found in tmp_path.rglob("*")} == before


def test_an_archive_cut_or_changed_anywhere_is_noticed(store: Store, tmp_path: Path) -> None:
    digest = export_version(store, "churn", 2, tmp_path / "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    damaged = tmp_path / "damaged.tar.gz"
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        for content in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]):
            damaged.write_bytes(content)
            try:
                found = verify(damaged)
            except BundleError:
                continue
            # What says nothing about the content: the time in gzip's header, the padding at the end.
            assert found.problems or (found.sha256 == digest and not 10 <= place < len(whole) * 0.9)


def test_a_header_that_claims_gigabytes_takes_no_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("top/pax")
    header.type, header.size = tarfile.XHDTYPE, 8 * 1024**3
    (tmp_path / "bomb.tar.gz").write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + b"\0" * 4096))
    with pytest.raises(BundleError, match="too large to be honest"):
        verify(tmp_path / "bomb.tar.gz")


def test_numbers_survive_json() -> None:
    for value in (*VALUES, -0.0, 5e-324, 1.7e308):
        copy = number_of(json.loads(json.dumps(json_number(value), allow_nan=False)))
        assert repr(copy) == repr(value)
