"""Finding, creating and opening stores, good and bad."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from logger.store import locate, schema
from logger.store.connection import LeaseBusy, StoreError, lease, open_reader, open_writer, writing
from logger.store.locate import Store
from logger.store.migrations import MIGRATIONS
from tests.sample import sample_store


def test_the_nearest_store_above_is_found_and_looking_makes_none(tmp_path: Path) -> None:
    assert locate.find() is None
    assert list(tmp_path.iterdir()) == []
    made = locate.for_writing()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert locate.find(start=below) == made == Store(tmp_path / ".tracker")


def test_a_store_is_named_by_directory_database_project_or_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sample_store(tmp_path / "project", 1)
    for name in (made.directory, made.database, tmp_path / "project"):
        assert locate.find(name) == made
    monkeypatch.setenv(locate.ENVIRONMENT_VARIABLE, str(made.directory))
    assert locate.find() == made
    assert locate.find(tmp_path / "nothing") is None


def test_a_store_is_private(store: Store) -> None:
    with writing(store):
        pass
    assert store.directory.stat().st_mode & 0o777 == 0o700
    assert store.database.stat().st_mode & 0o777 == 0o600


def test_one_writer_at_a_time(store: Store) -> None:
    with lease(store), pytest.raises(LeaseBusy, match="another process"), lease(store, 0.02):
        pass
    with lease(store):
        pass


def test_a_reader_cannot_write(store: Store) -> None:
    with writing(store):
        pass
    with closing(open_reader(store)) as reader, pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM experiments")


def test_a_statement_without_end_is_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logger.store.connection._READ_SECONDS", 0.05)
    with writing(store):
        pass
    endless = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT COUNT(*) FROM t"
    with closing(open_reader(store)) as reader, pytest.raises(sqlite3.OperationalError, match="interrupted"):
        reader.execute(endless)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", random.Random(0).randbytes(4096), b"SQLite format 3\x00" + b"\x00" * 200],
    ids=["empty", "text", "noise", "only a header"],
)
def test_what_is_no_store_is_refused_in_a_sentence(store: Store, content: bytes) -> None:
    store.database.write_bytes(content)
    with pytest.raises(StoreError, match="cannot read"):
        open_reader(store)


def test_a_view_in_the_place_of_a_table_is_refused(store: Store) -> None:
    with closing(sqlite3.connect(store.database)) as database:
        database.execute(
            "CREATE VIEW runs AS WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x FROM t) SELECT * FROM t"
        )
        database.execute(f"PRAGMA user_version = {schema.VERSION}")
        database.commit()
    with pytest.raises(StoreError, match="not a tracker database"):
        open_reader(store)


def test_a_newer_store_is_neither_read_nor_written(store: Store) -> None:
    with writing(store):
        pass
    with closing(sqlite3.connect(store.database)) as database:
        database.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    with pytest.raises(StoreError, match="upgrade"):
        open_reader(store)
    with pytest.raises(StoreError, match="upgrade"):
        open_writer(store)


def test_a_failed_migration_leaves_nothing_half_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", ("CREATE TABLE a (x);\nCREATE TABLE a (x);\n",))
    with pytest.raises(sqlite3.OperationalError):
        open_writer(store)
    monkeypatch.undo()
    with closing(open_writer(store)) as database:
        assert schema.version(database) == schema.VERSION
        assert not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'a'").fetchone()


def made_by(road: Callable[[sqlite3.Connection], None]) -> tuple[object, ...]:
    """Everything in an empty database that was made one way, but for the times."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        road(database)
        names = database.execute("SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2").fetchall()
        statements = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name <> '_sqlite_migrations' ORDER BY name"
        ).fetchall()
        columns = [database.execute(f"PRAGMA table_xinfo({name})").fetchall() for _, name, _ in names]
        records = database.execute("SELECT id, migration_set, name FROM _sqlite_migrations").fetchall()
        return names, statements, columns, records, schema.version(database)


def test_a_new_store_is_what_its_migrations_one_after_another_make(monkeypatch: pytest.MonkeyPatch) -> None:
    def grown(database: sqlite3.Connection) -> None:
        with monkeypatch.context() as older:
            older.setattr(schema, "MIGRATIONS", MIGRATIONS[:1])
            older.setattr(schema, "VERSION", 1)
            schema.migrate(database)
        schema.migrate(database)

    new = made_by(schema.migrate)
    assert made_by(schema._upgrade) == new
    assert made_by(grown) == new


def test_making_a_store_loads_no_sqlite_utils(store: Store) -> None:
    script = (
        "import sys; from pathlib import Path; from logger.store.connection import open_writer\n"
        "from logger.store.locate import Store\n"
        "open_writer(Store(Path(sys.argv[1])))\n"
        "assert 'sqlite_utils' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, store.directory], check=True)


def test_every_table_that_a_reader_expects_is_made(store: Store) -> None:
    with closing(open_writer(store)) as database:
        made = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(schema.TABLES) <= made


def test_a_rolled_back_edit_leaves_no_trace(store: Store) -> None:
    with pytest.raises(RuntimeError), writing(store) as database:
        database.execute("INSERT INTO experiments (name, created) VALUES ('x', 0)")
        raise RuntimeError
    with closing(open_reader(store)) as reader:
        assert reader.execute("SELECT COUNT(*) FROM experiments WHERE name = 'x'").fetchone() == (0,)
