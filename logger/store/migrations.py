"""The numbered migrations that make a store's tables: every table, index and view is described here, and only here.

Conventions:

- timestamps are UTC epoch seconds (REAL); points carry epoch milliseconds inside their packed columns;
- `uid` is the public id of a run (32 hex digits), `id` the internal one;
- a `deleted` column holds the time of deletion, NULL for what is alive;
- a metric value that is NaN is NULL with `n > 0` (SQLite has no NaN); infinities are stored as they are.

A migration that has been released is never edited: what changes, a later one changes.
"""

from __future__ import annotations

_FIRST = """
CREATE TABLE experiments (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    deleted REAL
);
-- A deleted experiment does not block its name.
CREATE UNIQUE INDEX experiments_name ON experiments(name) WHERE deleted IS NULL;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    experiment_id INTEGER NOT NULL REFERENCES experiments(id),
    name TEXT NOT NULL,
    status TEXT NOT NULL,            -- RUNNING SCHEDULED FINISHED FAILED KILLED LOST
    parent_id INTEGER REFERENCES runs(id),
    started REAL NOT NULL,
    ended REAL,
    heartbeat REAL NOT NULL,         -- last sign of life of any process that logs to it
    host TEXT NOT NULL DEFAULT '',
    pid INTEGER,
    user TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '', -- the command line, secrets masked
    git_commit TEXT NOT NULL DEFAULT '',
    git_dirty INTEGER,
    note TEXT NOT NULL DEFAULT '',
    total_steps INTEGER,             -- how many steps the run intends, where it said so
    deleted REAL,
    revision INTEGER NOT NULL DEFAULT 0, -- grows with every change in the store, so `> seen` finds what changed
    compacted INTEGER NOT NULL DEFAULT 0 -- the greatest segment seq whose points have moved into chunks
);
CREATE INDEX runs_experiment ON runs(experiment_id, started);
CREATE INDEX runs_started ON runs(started, id);
CREATE INDEX runs_parent ON runs(parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX runs_revision ON runs(revision);
CREATE INDEX runs_status ON runs(status);

CREATE TABLE params (
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    number REAL,                     -- the value as a number, where it is one
    PRIMARY KEY (run_id, key)
) WITHOUT ROWID;
CREATE INDEX params_number ON params(key, number);
CREATE INDEX params_value ON params(key, value);

CREATE TABLE tags (
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run_id, key)
) WITHOUT ROWID;
CREATE INDEX tags_value ON tags(key, value);

-- The dictionary of metric names and, at once, the summary that tables sort and filter by.
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    n INTEGER NOT NULL DEFAULT 0,
    first REAL,
    last REAL,                       -- the value at the greatest (step, time)
    last_step INTEGER,
    last_time REAL,
    min REAL,
    min_step INTEGER,
    max REAL,
    max_step INTEGER,
    nans INTEGER NOT NULL DEFAULT 0,
    chunked INTEGER NOT NULL DEFAULT 0, -- how many of the n points are in chunks; the rest are in segments
    UNIQUE (run_id, key)
);
CREATE INDEX series_last ON series(key, last);
CREATE INDEX series_min ON series(key, min);
CREATE INDEX series_max ON series(key, max);

-- Hot points: one row per filing of a run, in order of arrival. `points` is described in logger/store/columns.py.
CREATE TABLE segments (
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,            -- rises for ever within a run
    n INTEGER NOT NULL,
    points BLOB NOT NULL,
    UNIQUE (run_id, seq)
);

-- Cold points: packed columns of one series, with their ranges, so that a curve zoomed far out opens no blob.
CREATE TABLE chunks (
    series_id INTEGER NOT NULL REFERENCES series(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    step_min INTEGER NOT NULL,
    step_max INTEGER NOT NULL,
    time_min INTEGER NOT NULL,       -- epoch milliseconds
    time_max INTEGER NOT NULL,
    value_min REAL,
    value_max REAL,
    nans INTEGER NOT NULL,
    points BLOB NOT NULL,            -- steps, times, values: described in logger/store/columns.py
    UNIQUE (series_id, seq)
);

CREATE TABLE artifacts (
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    path TEXT NOT NULL,              -- relative to artifacts/<run uid>/, with forward slashes
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT '',   -- MIME type
    step INTEGER,
    created REAL NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;

CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    updated REAL NOT NULL,
    last_version INTEGER NOT NULL DEFAULT 0 -- version numbers never repeat, also not after deletion
);

CREATE TABLE model_versions (
    id INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    run_id INTEGER REFERENCES runs(id),
    path TEXT NOT NULL DEFAULT '',   -- of the artifact (file or directory) within its run
    source TEXT NOT NULL DEFAULT '', -- where it came from, as given, when it is not an artifact of a run
    sha256 TEXT NOT NULL DEFAULT '',
    size INTEGER NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT 'None', -- None Staging Production Archived
    status TEXT NOT NULL DEFAULT 'READY',
    description TEXT NOT NULL DEFAULT '',
    user TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    updated REAL NOT NULL,
    UNIQUE (model_id, version)
);
CREATE INDEX model_versions_run ON model_versions(run_id);

CREATE TABLE model_aliases (
    model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (model_id, alias)
) WITHOUT ROWID;

CREATE TABLE model_tags (
    model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    version INTEGER NOT NULL DEFAULT 0, -- 0: a tag of the model itself
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model_id, version, key)
) WITHOUT ROWID;

-- What was done to the registry; rows are only ever added. The name is kept as text, so history outlives its model.
CREATE TABLE registry_events (
    id INTEGER PRIMARY KEY,
    time REAL NOT NULL,
    user TEXT NOT NULL,
    host TEXT NOT NULL,
    model TEXT NOT NULL,
    version INTEGER,
    action TEXT NOT NULL,            -- create-model register stage roll-back alias unalias describe tag untag delete
    before TEXT NOT NULL DEFAULT '',
    after TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX registry_events_model ON registry_events(model, id);

-- How far each journal has been filed. A row outlives its file by one filing, never the other way round.
CREATE TABLE journals (
    name TEXT PRIMARY KEY,
    offset INTEGER NOT NULL
) WITHOUT ROWID;

-- Which journals write to which run: a RUNNING run without one has lost its processes.
CREATE TABLE writers (
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    journal TEXT NOT NULL,
    PRIMARY KEY (run_id, journal)
) WITHOUT ROWID;
CREATE INDEX writers_journal ON writers(journal);

-- For people: every metric of every run, by names.
CREATE VIEW run_metrics AS
    SELECT e.name AS experiment, r.name AS run, r.uid, s.key AS metric, s.n, s.first, s.last, s.last_step,
           s.min, s.min_step, s.max, s.max_step, s.nans
    FROM series s JOIN runs r ON r.id = s.run_id JOIN experiments e ON e.id = r.experiment_id
    WHERE r.deleted IS NULL AND e.deleted IS NULL;

INSERT INTO experiments (id, name, created) VALUES (0, 'Default', CAST(strftime('%s', 'now') AS REAL));
"""

_SECOND = """
-- With the run in the index, sorting and filtering by a metric reads no row of `series`.
DROP INDEX series_last;
DROP INDEX series_min;
DROP INDEX series_max;
CREATE INDEX series_last ON series(key, last, run_id);
CREATE INDEX series_min ON series(key, min, run_id);
CREATE INDEX series_max ON series(key, max, run_id);

-- What the people at the viewer ask of a run; the process that logs it looks at each filing.
ALTER TABLE runs ADD COLUMN stop_requested REAL;
ALTER TABLE runs ADD COLUMN stop_user TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN stop_signal TEXT NOT NULL DEFAULT ''; -- TERM KILL: the last that was sent
ALTER TABLE runs ADD COLUMN archived REAL; -- out of the way, unlike `deleted` still wanted

-- Of each large chunk the points that decide how it looks from afar: described in logger/store/outline.py.
CREATE TABLE outlines (
    series_id INTEGER NOT NULL REFERENCES series(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,            -- of the chunk
    points BLOB NOT NULL,
    UNIQUE (series_id, seq)
);

-- The processes that log to a run, so that a signal reaches these and no others: a pid is reused, a birth is not.
CREATE TABLE processes (
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    birth TEXT NOT NULL,             -- boot, namespace and instant of its start: logger/identity.py
    started REAL NOT NULL,           -- when it began to log to the run
    user TEXT NOT NULL,
    -- The columns of the key stand first: where they do not, SQLite 3.40 takes others for NULL when it checks itself.
    PRIMARY KEY (run_id, host, pid, birth)
) WITHOUT ROWID;

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    time REAL NOT NULL,
    level TEXT NOT NULL,             -- INFO WARN ERROR
    title TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    step INTEGER,
    about TEXT NOT NULL DEFAULT ''   -- what the run tells once: nan:METRIC divergence:METRIC failed lost; else empty
);
CREATE INDEX alerts_run ON alerts(run_id);

-- The data sets that a run read.
CREATE TABLE inputs (
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    path TEXT NOT NULL,              -- absolute, as the run saw it
    context TEXT NOT NULL DEFAULT '', -- training, validation ...
    size INTEGER NOT NULL,
    files INTEGER NOT NULL DEFAULT 1, -- more than one for a directory
    sha256 TEXT NOT NULL,            -- of the content; of a directory, of its names and contents together
    created REAL NOT NULL,
    PRIMARY KEY (run_id, name, context)
) WITHOUT ROWID;
CREATE INDEX inputs_sha256 ON inputs(sha256);

-- Runs that were removed for good, so that no other gets their id.
CREATE TABLE removed_runs (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL,
    name TEXT NOT NULL,
    removed REAL NOT NULL
);

-- Of a store on a network filesystem, whose journals stay where they are (logger/sharing.py).
ALTER TABLE journals ADD COLUMN state TEXT NOT NULL DEFAULT ''; -- closed: nothing more comes; silent: no sign of life
ALTER TABLE journals ADD COLUMN grown REAL; -- when it was last seen to grow, by the clock of this host
ALTER TABLE journals ADD COLUMN damaged REAL; -- since when what follows `offset` cannot be read

ALTER TABLE artifacts ADD COLUMN state TEXT NOT NULL DEFAULT 'complete'; -- complete incomplete

ALTER TABLE registry_events ADD COLUMN detail TEXT NOT NULL DEFAULT ''; -- JSON: the outcomes of gates, a hook's output

-- The registry's history is only ever added to, by whatever software.
CREATE TRIGGER registry_events_not_changed BEFORE UPDATE ON registry_events
BEGIN
    SELECT RAISE(ABORT, 'the history of the registry is never rewritten');
END;
CREATE TRIGGER registry_events_not_deleted BEFORE DELETE ON registry_events
BEGIN
    SELECT RAISE(ABORT, 'the history of the registry is never rewritten');
END;
-- INSERT OR REPLACE deletes without asking a trigger.
CREATE TRIGGER registry_events_not_replaced BEFORE INSERT ON registry_events
WHEN EXISTS (SELECT 1 FROM registry_events WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the history of the registry is never rewritten');
END;
"""

# The number of a migration is its place, counted from 1.
MIGRATIONS = (_FIRST, _SECOND)
