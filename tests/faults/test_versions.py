"""Two versions of the software on one store: it is migrated, or refused in a sentence; no record is lost to either."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger.store import schema
from logger.store.connection import StoreError, open_reader, open_writer
from logger.store.locate import Store, for_writing
from logger.store.migrations import MIGRATIONS
from tests.e2e.test_stores import permissions, unprivileged
from tests.faults.trainers import read_acknowledged, start

NEXT = len(MIGRATIONS) + 1
# This software, one version on.
NEWER = f"""
from logger.store import migrations, schema
migrations.MIGRATIONS = schema.MIGRATIONS = (*schema.MIGRATIONS, "CREATE TABLE novelty (x INTEGER);\\n")
schema.VERSION = {NEXT}
"""


@pytest.fixture
def first_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store as the first version left it, with one finished run of three points."""
    store = for_writing(tmp_path / ".tracker")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", MIGRATIONS[:1])
        patch.setattr(schema, "VERSION", 1)
        open_writer(store).close()
    with closing(sqlite3.connect(store.database)) as database:
        database.executescript(
            """
            INSERT INTO experiments (id, name, created) VALUES (1, 'old', 1.0);
            INSERT INTO runs (id, uid, experiment_id, name, status, started, ended, heartbeat)
            VALUES (1, '0123456789abcdef0123456789abcdef', 1, 'of-old', 'FINISHED', 1.0, 2.0, 2.0);
            INSERT INTO params VALUES (1, 'lr', '0.1', 0.1);
            """
        )
    return store


def version_of(store: Store) -> int:
    with closing(sqlite3.connect(store.database)) as database:
        return schema.version(database)


def viewer(*arguments: str, directory: Path) -> subprocess.CompletedProcess[bytes]:
    command = unprivileged((sys.executable, "-m", "tui_tracker", *arguments))
    return subprocess.run(command, cwd=directory, capture_output=True, timeout=60, check=False)


def test_the_logger_migrates_an_older_store_and_keeps_what_is_in_it(first_store: Store) -> None:
    with logger.start_run("new") as run:
        run.log({"a": 1})
    assert version_of(first_store) == len(MIGRATIONS)
    found = {each.name: each for each in logger.search_runs()}
    assert found["of-old"].data.params == {"lr": "0.1"}
    assert found[run.name].history("a").values == [1.0]


def test_the_viewer_migrates_an_older_store_that_it_may_write_to(first_store: Store, tmp_path: Path) -> None:
    answer = viewer("ls", directory=tmp_path)
    assert answer.returncode == 0 and b"of-old" in answer.stdout, answer.stderr.decode()
    assert version_of(first_store) == len(MIGRATIONS)


def test_the_viewer_says_what_to_do_about_an_older_store_that_it_may_not_write_to(
    first_store: Store, tmp_path: Path
) -> None:
    with (
        permissions(first_store.database, 0o400),
        permissions(first_store.journals, 0o500),
        permissions(first_store.directory, 0o500),
    ):
        answer = viewer("ls", directory=tmp_path)
    said = answer.stderr.decode()
    assert answer.returncode == 1
    assert "version 1" in said and "copy" in said and said.count("\n") == 1
    assert version_of(first_store) == 1


def test_an_older_database_with_a_view_in_the_place_of_a_table_is_not_touched(first_store: Store) -> None:
    with closing(sqlite3.connect(first_store.database)) as database:
        database.executescript("DROP TABLE series; CREATE VIEW series AS SELECT 1 AS id;")
    with pytest.raises(StoreError, match="not a tracker database"):
        open_reader(first_store)
    assert version_of(first_store) == 1


def test_a_newer_store_is_refused_by_the_viewer_and_only_told_of_by_the_logger(tmp_path: Path) -> None:
    process = start(NEWER + "import logger\nwith logger.start_run('e') as run: run.log({'a': 1})", tmp_path)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err.decode()
    answer = viewer("ls", directory=tmp_path)
    assert answer.returncode == 1 and b"upgrade" in answer.stderr and answer.stderr.count(b"\n") == 1
    process = start("import logger\nwith logger.start_run('e') as run: run.log({'a': 2})", tmp_path)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert err.count(b"RuntimeWarning") == 1 and b"upgrade" in err
    # The newer software files what the older one could only keep.
    process = start(NEWER + "import logger; print([r.data.metrics for r in logger.search_runs()])", tmp_path)
    out, err = process.communicate(timeout=30)
    assert out.decode().strip() == "[{'a': 2.0}, {'a': 1.0}]", err.decode()


RUNS_ON = """
import logger, os, sys
run = logger.start_run("e", run_name="older")
for step in range(1000):
    run.log({"a": step}, step=step)
logger.flush()
os.write(1, b".")
sys.stdin.readline()
for step in range(1000, 2000):
    run.log({"a": step}, step=step)
assert not run._recorder.drain()
run.finish()
"""


def test_a_run_of_the_older_software_beside_a_migration_keeps_its_journal_for_the_newer(
    tmp_path: Path,
) -> None:
    older = subprocess.Popen(
        [sys.executable, "-c", RUNS_ON],
        cwd=tmp_path,
        env=os.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    read_acknowledged(older, 1)
    newer = start(NEWER + "import logger; print([r.status for r in logger.search_runs()])", tmp_path)
    out, err = newer.communicate(timeout=30)
    assert out == b"['RUNNING']\n", err.decode()
    _, err = older.communicate(b"\n", timeout=30)
    assert older.returncode == 0, err.decode()
    assert err.count(b"RuntimeWarning") == 1 and b"upgrade" in err
    assert len(list((tmp_path / ".tracker" / "journal").iterdir())) == 1
    newer = start(
        NEWER
        + "import logger; [r] = logger.search_runs(); print(r.status, r.history('a').values == list(range(2000)))",
        tmp_path,
    )
    out, err = newer.communicate(timeout=30)
    assert out == b"FINISHED True\n", err.decode()
