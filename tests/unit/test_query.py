"""The filter language, rule by rule: which of a handful of runs each filter matches."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from logger.store.fields import Field, Names, Sort
from logger.store.query import EVERYTHING, Filter, compile_filter, compile_order
from tests.query_runs import Logged, matching, names_in, store_of

NOW = datetime(2026, 10, 15, 15, 30).timestamp()
HOUR, DAY = 3600.0, 86_400.0

RUNS = [
    Logged(
        "brave-otter",
        uid="ab12" + "0" * 28,
        status="RUNNING",
        started=NOW - 2 * HOUR,
        heartbeat=NOW,
        user="ana",
        note="with 100% AUG_mix",
        metrics={"val/acc": [0.5, 0.95], "val/loss": [0.9, 0.1, 0.3], "train.loss": [0.25]},
        params={"lr": "0.001", "depth": "6", "optimizer": "Adam"},
        tags={"team": "vision", "best_so_far": "true"},
    ),
    Logged(
        "calm-heron",
        uid="cd34" + "0" * 28,
        status="FAILED",
        started=NOW - 40 * DAY,
        ended=NOW - 40 * DAY + 90,
        heartbeat=NOW - 40 * DAY + 80,
        user="bob",
        note="an OTTER says it's fine",
        dirty=1,
        metrics={"val/acc": [math.nan], "val/loss": [math.inf]},
        params={"lr": "1e-3", "depth": "auto"},
        tags={"team": "Vision", "mlflow.user": "eve"},
    ),
    Logged(
        "shy-newt",
        uid="ef56" + "0" * 28,
        status="LOST",
        started=datetime(2026, 10, 1, 12, 0, 30).timestamp(),
        ended=datetime(2026, 10, 1, 12, 0, 30).timestamp() + 3 * HOUR,
        heartbeat=datetime(2026, 10, 1, 12, 30).timestamp(),
        user="ana",
        parent=0,
        dirty=0,
        experiment="images",
        metrics={"val/acc": [0.9, 0.8]},
        params={"optimizer": "sgd", "val acc": "x", "a-b": "2"},
    ),
]
OTTER, HERON, NEWT = (run.name for run in RUNS)
ALL = [OTTER, HERON, NEWT]


@pytest.fixture(scope="module")
def store() -> Iterator[sqlite3.Connection]:
    connection = store_of(RUNS)
    yield connection
    connection.close()


RULES: dict[str, dict[str, list[str]]] = {
    "blank": {"": ALL, "  \n\t": ALL},
    "numbers": {
        "val/acc > 0.9": [OTTER],
        "val/acc>=.8": [OTTER, NEWT],
        "val/acc < +9.5e-1": [NEWT],
        "val/acc <= 0.95": [OTTER, NEWT],
        "val/acc = 0.95": [OTTER],
        "val/acc == 0.95": [OTTER],
        "val/acc > '0.9'": [OTTER],
        "val/acc > -2": [OTTER, NEWT],
        "train.loss = 0.25": [OTTER],
        "val/acc in (0.95, 0.8)": [OTTER, NEWT],
    },
    "NaN differs from every number and is present": {
        "val/acc != 0.95": [HERON, NEWT],
        "val/acc <> 0.95": [HERON, NEWT],
        "val/acc not in (0.95, 0.8)": [HERON],
        "val/acc = nan": [HERON],
        "val/acc != NaN": [OTTER, NEWT],
        "val/acc in (nan, 0.8)": [HERON, NEWT],
        "val/acc is null": [],
        "nans(val/acc) > 0": [HERON],
    },
    "infinity": {"val/loss = inf": [HERON], "val/loss < inf": [OTTER], "val/loss > -inf": [OTTER, HERON]},
    "what is missing is only null": {
        "val/loss != 7": [OTTER, HERON],
        "val/loss is null": [NEWT],
        "val/loss is not null": [OTTER, HERON],
        "not val/loss = 0.3": [HERON, NEWT],
        "not val/loss != 0.3": [OTTER, NEWT],
        "not val/loss is null": [OTTER, HERON],
        "depth != 6": [HERON],
        "team != vision": [],
        "ended is null": [OTTER],
        "ended != 5": [HERON, NEWT],
        "not ended > 5": [OTTER],
        "parent is not null": [NEWT],
        "note is null": [NEWT],
        "note is not null": [OTTER, HERON],
    },
    "aggregates": {
        "min(val/loss) < 0.2": [OTTER],
        "MAX(val/loss) = .9": [OTTER],
        "first(`val/loss`) = 0.9": [OTTER],
        "last(metrics.val/loss) = 0.3": [OTTER],
        'count("val/loss") >= 3': [OTTER],
        "step(val/loss) = 2": [OTTER],
        "min ( val/acc ) is not null": ALL,
        "max(val/loss)": [OTTER, HERON],
    },
    "params": {
        "lr = 1e-3": [OTTER, HERON],
        "lr = 0.00100": [OTTER, HERON],
        "lr = '0.001'": [OTTER],
        "lr in ('1e-3', 7)": [HERON],
        "lr in (1e-3, 3e-4)": [OTTER, HERON],
        "lr > 1e-4": [OTTER, HERON],
        "depth >= 6": [OTTER],
        "depth != 7": [OTTER, HERON],
        "depth = auto": [HERON],
        "optimizer = adam": [OTTER],
        "optimizer = 'adam'": [],
        "optimizer = 'Adam'": [OTTER],
        "optimizer not in (adam)": [NEWT],
        "a-b = 2": [NEWT],
    },
    "names in quotes and with prefixes": {
        '"val acc" = x': [NEWT],
        "`val acc` = 'x'": [NEWT],
        "params.`val acc` = 'x'": [NEWT],
        'param:"val acc" = x': [NEWT],
        "metric:val/acc > 0.9": [OTTER],
        "Metrics.val/acc > 0.9": [OTTER],
        "parameters.lr = 1e-3": [OTTER, HERON],
        "attr.status = lost": [NEWT],
        "run.name = 'shy-newt'": [NEWT],
        "metrics.nowhere > 0": [],
        "params.nowhere is null": ALL,
    },
    "presence": {
        "tag:best_so_far": [OTTER],
        "not tag:best_so_far": [HERON, NEWT],
        "param:depth": [OTTER, HERON],
        "metric:val/acc": ALL,
        "tags.`best_so_far`": [OTTER],
        "tag:nowhere": [],
    },
    "text": {
        "team = vision": [OTTER, HERON],
        "team = 'vision'": [OTTER],
        "team like 'V%'": [HERON],
        "team ilike 'V%'": [OTTER, HERON],
        "team not like 'V%'": [OTTER],
        "team NOT ILIKE 'v_sio_'": [],
        "note like '%100% AUG_mix'": [OTTER],
        "note like '%it''s%'": [HERON],
        "note like '%[a-z]%'": [],
        "note like '*'": [],
        "note like '%?%'": [],
        "experiment = images": [NEWT],
        "user in ('ana', eve)": [OTTER, NEWT],
        "name not in ('shy-newt')": [OTTER, HERON],
        "id like 'ab12%'": [OTTER],
        "dirty = 1": [HERON],
        "dirty = true": [HERON],
        "dirty != true": [NEWT],
        "artifacts like '%cd34%'": [HERON],
    },
    "status in any case": {
        "status = failed": [HERON],
        "status != 'Running'": [HERON, NEWT],
        "status in (failed, 'LOST')": [HERON, NEWT],
        "status like 'fail%'": [HERON],
        "not status = failed": [OTTER, NEWT],
    },
    "boolean": {
        "user = ana or user = bob and status = failed": ALL,
        "(user = ana or user = bob) and status = failed": [HERON],
        "not user = ana and status = failed": [HERON],
        "not (user = ana and status = running)": [HERON, NEWT],
        "not (user = ana or status = failed)": [],
        "NOT NOT user = bob": [HERON],
        "user = ana OR NOT status = failed": [OTTER, NEWT],
        "user = ana status = lost": [NEWT],
        "user = ana not status = lost": [OTTER],
        "((((user = bob))))": [HERON],
        "not (not (user = bob) or not (status = failed))": [HERON],
    },
    "durations": {
        "duration > 2h": [NEWT],
        "duration >= 2h": [OTTER, NEWT],
        "duration = 1m30s": [HERON],
        "duration = 1m 30s": [HERON],
        "duration < 1h 30m and user = bob": [HERON],
        "duration = 90": [HERON],
        "duration > 0.5d": [],
        "duration < 1w": ALL,
        "duration = 90000ms": [HERON],
    },
    "times": {
        "started > 30d ago": [OTTER, NEWT],
        "started < 1w 3d ago": [HERON, NEWT],
        "started > '3h ago'": [OTTER],
        "started <= now": ALL,
        "heartbeat = now": [OTTER],
        "started = today": [OTTER],
        "started >= today": [OTTER],
        "started < yesterday": [HERON, NEWT],
        "started = yesterday": [],
        "started = 2026-10-01": [NEWT],
        "started != 2026-10-01": [OTTER, HERON],
        "started in (2026-10-01, today)": [OTTER, NEWT],
        "started > 2026-10-01": [OTTER, NEWT],
        "started > 2026-10-01T12:00": [OTTER, NEWT],
        "started = 2026-10-01T12:00": [NEWT],
        "started = 2026-10-01 12:00": [NEWT],
        "started = '2026-10-01 12:00:30'": [NEWT],
        "started = 2026-10-01T12:00:31": [],
        "started > 2026-10-14T12:00Z": [OTTER],
        "started > 2026-10-14T12:00:00.000+02:00": [OTTER],
        f"started > {NOW - DAY}": [OTTER],
        f"start_time > {int((NOW - DAY) * 1000)}": [OTTER],
        f"start_time = {int((NOW - 2 * HOUR) * 1000)}": [OTTER],
        "start_time > 0": ALL,
    },
    "free words": {
        "otter": [OTTER, HERON],
        "OTTER": [OTTER, HERON],
        "vision": [OTTER, HERON],
        "best_so_far": [],
        "AB12": [OTTER],
        "b12": [],
        "'AUG_mix'": [OTTER],
        '"says it\'s"': [HERON],
        "otter 100%": [OTTER],
        "otter and not ab12": [HERON],
        "heron or newt": [HERON, NEWT],
        "aug?mix": [],
        "[a-z]": [],
        "*": [],
        "images": [],
        "''": ALL,
        "run.py": [],
        "close": [],
        "end word": [],
        "(a+)+$": [],
    },
    # As MLflow's documentation and users write them.
    "MLflow": {
        "metrics.`val/acc` > 0.9 and params.lr = '0.001'": [OTTER],
        'metrics."val/acc" > 0.9 AND params.lr = "0.001"': [OTTER],
        "metric.train.loss <= 0.25": [OTTER],
        "params.optimizer LIKE 'A%'": [OTTER],
        "parameters.optimizer ILIKE 'a%' AND tags.team != 'nobody'": [OTTER],
        "param.depth IS NOT NULL": [OTTER, HERON],
        "tags.team IS NULL": [NEWT],
        "tags.`team` = 'vision'": [OTTER],
        "attributes.status = 'RUNNING'": [OTTER],
        "attribute.status != 'FINISHED'": ALL,
        "status IN ('FAILED', 'KILLED')": [HERON],
        f"attributes.run_id IN ('{RUNS[0].uid}', '{RUNS[2].uid}')": [OTTER, NEWT],
        f"run_id NOT IN ('{RUNS[0].uid}')": [HERON, NEWT],
        "attributes.run_name ILIKE '%OTTER%'": [OTTER],
        "run.`run name` = 'calm-heron'": [HERON],
        'attributes."Run Name" = "calm-heron"': [HERON],
        "attributes.user_id = 'ana'": [OTTER, NEWT],
        "attributes.artifact_uri LIKE '%/ab12%'": [OTTER],
        f"attributes.start_time >= {int((NOW - 3 * HOUR) * 1000)}": [OTTER],
        f"attributes.end_time < {int(NOW * 1000)} AND created > 0": [HERON, NEWT],
        'tags."mlflow.user" = "eve"': [HERON],
        f"tags.mlflow.parentRunId = '{RUNS[0].uid}'": [NEWT],
        "tags.`mlflow.runName` = 'shy-newt'": [NEWT],
        "tags.mlflow.note.content LIKE '%fine'": [HERON],
    },
}
CASES = [(text, expected) for rules in RULES.values() for text, expected in rules.items()]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_matches(store: sqlite3.Connection, text: str, expected: list[str]) -> None:
    assert matching(store, RUNS, text, NOW) == expected


def test_a_name_is_an_attribute_before_a_metric_a_param_and_a_tag() -> None:
    runs = [
        Logged(
            "one", metrics={"name": [1], "x": [1]}, params={"name": "p", "x": "2", "y": "2"}, tags={"y": "3"}
        ),
    ]
    store = store_of(runs)
    for text in (
        "name = one",
        "metric:name = 1",
        "param:name = p",
        "x = 1",
        "param:x = 2",
        "y = 2",
        "tag:y = 3",
    ):
        assert matching(store, runs, text) == ["one"], text
    for text in ("name = p", "x = 2", "y = 3"):
        assert matching(store, runs, text) == [], text


def test_a_name_with_a_prefix_in_it_is_reached_in_quotes() -> None:
    runs = [Logged("one", metrics={"metrics.x": [1], "x": [2], "run.time": [3]})]
    store = store_of(runs)
    for text in ("`metrics.x` = 1", "metrics.x = 2", "metrics.metrics.x = 1", "run.time = 3"):
        assert matching(store, runs, text) == ["one"], text


def test_a_metric_without_points_is_missing() -> None:
    runs = [Logged("one", metrics={"x": [1]})]
    store = store_of(runs)
    store.execute("UPDATE series SET n = 0, last = NULL")
    for text in ("x is null", "not metric:x"):
        assert matching(store, runs, text) == ["one"], text
    for text in ("x != 3", "x = nan", "metric:x"):
        assert matching(store, runs, text) == [], text


def test_letters_of_any_script_are_found_in_either_case() -> None:
    runs = [Logged("Übung", tags={"t": "ЖУК"}), Logged("straße")]
    store = store_of(runs)
    assert matching(store, runs, "übung") == ["Übung"]
    assert matching(store, runs, "tag:t ilike 'ж_к'") == ["Übung"]
    assert matching(store, runs, "tag:t like 'ж%'") == []
    assert matching(store, runs, "STRAßE") == ["straße"]


def test_a_day_is_as_long_as_the_clocks_make_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        late = datetime(2026, 10, 25, 23, 30).timestamp()  # the 25th hour of that day
        runs = [Logged("late", started=late), Logged("next", started=late + HOUR)]
        assert matching(store_of(runs), runs, "started = 2026-10-25") == ["late"]
        assert matching(store_of(runs), runs, "started = yesterday", late + HOUR) == ["late"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_values_are_bound_and_never_part_of_the_sql() -> None:
    names = Names(metrics=frozenset({"loss"}))
    hostile = "x'; DROP TABLE runs; --"
    query = compile_filter(
        f'loss > 0.125 and metric:"{hostile}" = 7 and name = "{hostile}" and "{hostile}"', names
    )
    assert "DROP" not in query.where
    assert "0.125" not in query.where
    assert query.where.count("?") == len(query.parameters)
    assert hostile in query.parameters


def test_blank_text_is_everything() -> None:
    assert compile_filter(" ", Names()) == EVERYTHING == Filter("", "1", ())


def test_the_text_is_kept() -> None:
    assert compile_filter("a  or b", Names()).text == "a  or b"


def test_order() -> None:
    names = names_in(RUNS)
    clauses = [
        "metrics.acc DESC",
        "attributes.start_time ASC",
        "val/acc desc",
        "min(val/loss)",
        "params.`val acc`, tag:team DESC",
        "duration",
    ]
    assert compile_order(clauses, names) == (
        Sort(Field("metric", "acc"), True),
        Sort(Field("attribute", "started")),
        Sort(Field("metric", "val/acc"), True),
        Sort(Field("metric", "val/loss", "min")),
        Sort(Field("param", "val acc")),
        Sort(Field("tag", "team"), True),
        Sort(Field("attribute", "duration")),
    )
    assert compile_order([], names) == ()


def test_a_filter_asks_the_indexes(store: sqlite3.Connection) -> None:
    query = compile_filter("val/acc > 0.9 and lr = 1e-3 and team = 'vision'", names_in(RUNS))
    plan = store.execute(
        f"EXPLAIN QUERY PLAN SELECT 1 FROM runs r WHERE {query.where}", query.parameters
    ).fetchall()
    steps = " ".join(step for *_, step in plan)
    for index in ("series_last (key=? AND last>?)", "params_number", "tags_value"):
        assert index in steps
