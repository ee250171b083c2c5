"""A filter means what its conditions say, and any text is a filter or an error that points into it."""

from __future__ import annotations

import math
import operator
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store.fields import AGGREGATES, ATTRIBUTES, Field, Names, Sort
from logger.store.query import FilterError, compile_filter, compile_order, complete, quote, spell
from tests.query_runs import Logged, matching, store_of

# Letters in both cases, wildcards of LIKE and of GLOB, and quotes.
CHARACTERS = "aAbBüÜжЖ%_*?[]^-.'\"` "
NUMBERS = [-2.0, -0.5, 0.0, 1e-3, 0.9, 1.0, 3.0, 1e9, math.inf, -math.inf]
NOW = 1_790_856_000.0

Meaning = Callable[[Logged], bool]
texts = st.text(CHARACTERS, max_size=4)
numbers = st.sampled_from(NUMBERS)
metric_keys = st.sampled_from(["val/acc", "a b", "or"])
param_keys = st.sampled_from(["lr", "a.b"])


@dataclass(frozen=True)
class Condition:
    """A filter and, told in Python, what it means."""

    text: str
    holds: Meaning


runs_strategy = st.lists(
    st.builds(
        Logged,
        name=texts,
        status=st.sampled_from(["RUNNING", "FINISHED", "LOST"]),
        started=st.sampled_from([NOW, NOW - 60, NOW - 86_400]),
        ended=st.sampled_from([None, NOW + 30]),
        heartbeat=st.just(NOW + 10),
        note=texts,
        metrics=st.dictionaries(metric_keys, st.lists(numbers | st.just(math.nan), min_size=1, max_size=3)),
        params=st.dictionaries(param_keys, texts | st.sampled_from(["1", "0.9", "1e-3", "adam", "Adam"])),
        tags=st.dictionaries(st.just("team"), texts),
    ),
    min_size=1,
    max_size=4,
)


def like(text: str, pattern: str, ignore_case: bool) -> bool:
    """LIKE by its definition: reachable places in the pattern, one character of text at a time."""

    def skip(places: set[int]) -> set[int]:
        reached = set(places)
        for place in sorted(places):
            at = place
            while at < len(pattern) and pattern[at] == "%":
                at += 1
                reached.add(at)
        return reached

    def same(one: str, other: str) -> bool:
        return one.lower() == other.lower() if ignore_case else one == other

    places = skip({0})
    for character in text:
        places = skip(
            {
                place if pattern[place] == "%" else place + 1
                for place in places
                if place < len(pattern) and (pattern[place] in "%_" or same(pattern[place], character))
            }
        )
    return len(pattern) in places


ORDERS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
}
AGGREGATE_OF: dict[str, Callable[[list[float]], float]] = {
    "last": lambda points: points[-1],
    "first": lambda points: points[0],
    "min": lambda points: min((p for p in points if not math.isnan(p)), default=math.nan),
    "max": lambda points: max((p for p in points if not math.isnan(p)), default=math.nan),
    "count": lambda points: float(len(points)),
    "nans": lambda points: float(sum(map(math.isnan, points))),
}


@st.composite
def metric_comparisons(draw: st.DrawFn) -> Condition:
    key, aggregate = draw(metric_keys), draw(st.sampled_from(sorted(AGGREGATE_OF)))
    symbol, number = draw(st.sampled_from(sorted(ORDERS))), draw(numbers)

    def holds(run: Logged) -> bool:
        return key in run.metrics and ORDERS[symbol](AGGREGATE_OF[aggregate](run.metrics[key]), number)

    name = f"metric:`{key}`" if aggregate == "last" else f"{aggregate}(metrics.`{key}`)"
    return Condition(f"{name}{symbol}{number!r}", holds)


@st.composite
def metric_lists(draw: st.DrawFn) -> Condition:
    key, options, negative = (
        draw(metric_keys),
        draw(st.lists(numbers, min_size=1, max_size=3)),
        draw(st.booleans()),
    )

    def holds(run: Logged) -> bool:
        return key in run.metrics and (run.metrics[key][-1] in options) != negative

    word = "NOT IN" if negative else "in"
    return Condition(f"metric:`{key}` {word} ({', '.join(map(repr, options))})", holds)


def as_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


@st.composite
def param_numbers(draw: st.DrawFn) -> Condition:
    key, symbol, number = draw(param_keys), draw(st.sampled_from(sorted(ORDERS))), draw(numbers)

    def holds(run: Logged) -> bool:
        return key in run.params and ORDERS[symbol](as_number(run.params[key]), number)

    return Condition(f"params.{key} {symbol} {number!r}", holds)


def _params(run: Logged) -> str | None:
    return run.params.get("lr")


TEXTS: dict[str, Callable[[Logged], str | None]] = {
    "name": lambda run: run.name,
    "attributes.note": lambda run: run.note,
    "param:lr": _params,
    "tags.team": lambda run: run.tags.get("team"),
}


@st.composite
def text_comparisons(draw: st.DrawFn) -> Condition:
    name, sought = draw(st.sampled_from(sorted(TEXTS))), draw(texts)
    word = draw(st.sampled_from(["=", "!=", "like", "ilike", "NOT LIKE", "not ilike"]))
    mark = draw(st.sampled_from("'\"`"))

    def holds(run: Logged) -> bool:
        found = TEXTS[name](run)
        if found is None:
            return False
        if "like" not in word.lower():
            return (found == sought) == (word == "=")
        return like(found, sought, "ilike" in word.lower()) != word.lower().startswith("not")

    return Condition(f"{name} {word} {quote(sought, mark)}", holds)


@st.composite
def presences(draw: st.DrawFn) -> Condition:
    kind, key = draw(st.sampled_from([("metric", "a b"), ("param", "lr"), ("tag", "team")]))
    ending, wanted = draw(st.sampled_from([("", True), (" is not null", True), (" IS NULL", False)]))
    return Condition(f"{kind}:`{key}`{ending}", lambda run: (key in getattr(run, f"{kind}s")) == wanted)


@st.composite
def phrases(draw: st.DrawFn) -> Condition:
    sought = draw(texts)

    def holds(run: Logged) -> bool:
        places = [run.name, run.note, *run.tags.values()]
        return sought == "" or any(sought.lower() in place.lower() for place in places)

    return Condition(quote(sought), holds)


def lasted(run: Logged) -> float:
    return (run.heartbeat if run.ended is None else run.ended) - run.started


OTHERS = [
    Condition("status = running", lambda run: run.status == "RUNNING"),
    Condition("attributes.status != 'lost'", lambda run: run.status != "LOST"),
    Condition("duration > 1m", lambda run: lasted(run) > 60),
    Condition("duration = 1d 30s", lambda run: lasted(run) == 86_430),
    Condition("started >= 1m ago", lambda run: run.started >= NOW - 60),
    Condition("start_time < 1790856000000", lambda run: run.started < NOW),
    Condition("ended is null", lambda run: run.ended is None),
    Condition("ended > now", lambda run: run.ended is not None and run.ended > NOW),
    Condition("param:lr = ADAM", lambda run: (_params(run) or "").lower() == "adam"),
    Condition("metric:or = nan", lambda run: math.isnan(run.metrics.get("or", [0.0])[-1])),
]


def both(one: Condition, other: Condition, joint: str) -> Condition:
    return Condition(f"({one.text}){joint}({other.text})", lambda run: one.holds(run) and other.holds(run))


def either(one: Condition, other: Condition, joint: str) -> Condition:
    return Condition(f"({one.text}) {joint} ({other.text})", lambda run: one.holds(run) or other.holds(run))


def opposite(one: Condition, word: str) -> Condition:
    return Condition(f"{word} ({one.text})", lambda run: not one.holds(run))


conditions = st.recursive(
    st.one_of(
        metric_comparisons(),
        metric_lists(),
        param_numbers(),
        text_comparisons(),
        presences(),
        phrases(),
        st.sampled_from(OTHERS),
    ),
    lambda inner: st.one_of(
        st.builds(both, inner, inner, st.sampled_from([" and ", " AND ", " "])),
        st.builds(either, inner, inner, st.sampled_from(["or", "OR"])),
        st.builds(opposite, inner, st.sampled_from(["not", "NOT"])),
    ),
    max_leaves=8,
)


@given(runs_strategy, st.lists(conditions, min_size=1, max_size=6))
def test_a_filter_means_what_its_conditions_say(runs: list[Logged], asked: list[Condition]) -> None:
    store = store_of(runs)
    for condition in asked:
        expected = [run.name for run in runs if condition.holds(run)]
        assert matching(store, runs, condition.text, NOW) == expected, condition.text
    store.close()


LOOSE = [metric_comparisons(), param_numbers(), presences(), st.sampled_from(OTHERS)]


@given(runs_strategy, st.lists(st.tuples(st.booleans(), st.one_of(LOOSE)), min_size=1, max_size=6), st.data())
def test_not_binds_tighter_than_and_which_binds_tighter_than_or(
    runs: list[Logged], terms: list[tuple[bool, Condition]], data: st.DataObject
) -> None:
    joints = [data.draw(st.sampled_from([" and ", " or ", " "])) for _ in terms[1:]]
    text = "".join(
        joint + ("not " if negated else "") + condition.text
        for joint, (negated, condition) in zip(["", *joints], terms, strict=True)
    )

    def holds(run: Logged) -> bool:
        groups = [True]
        for joint, (negated, condition) in zip([" and ", *joints], terms, strict=True):
            if joint == " or ":
                groups.append(True)
            groups[-1] = groups[-1] and condition.holds(run) != negated
        return any(groups)

    store = store_of(runs)
    assert matching(store, runs, text, NOW) == [run.name for run in runs if holds(run)], text
    store.close()


PIECES = [
    *"()'\"`,=<>!.:;%_*[ \n\t",
    *[
        "and",
        "or",
        "not",
        "in",
        "is",
        "null",
        "like",
        "ilike",
        "!=",
        ">=",
        "ago",
        "nan",
        "inf",
        "1e-3",
        "30d",
    ],
    *[
        "val/acc",
        "metrics.",
        "tag:",
        "params.lr",
        "status",
        "started",
        "min(",
        "run.",
        "2026-10-01",
        "--",
        "x",
    ],
]
soup = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join) | st.lists(st.sampled_from(PIECES)).map(
    "".join
)
NAMES = Names(frozenset({"val/acc", "x"}), frozenset({"lr"}), frozenset({"team"}))


@pytest.fixture(scope="module")
def store() -> sqlite3.Connection:
    return store_of([Logged("one", metrics={"val/acc": [1.0]}, params={"lr": "1"}, tags={"team": "a"})])


@given(text=soup | st.text() | st.text(st.characters()))
def test_any_text_runs_or_is_an_error_that_points_into_it(store: sqlite3.Connection, text: str) -> None:
    try:
        query = compile_filter(text, NAMES, NOW)
    except FilterError as error:
        assert 0 <= error.position <= error.position + error.length <= len(text)
        assert str(error).startswith(f"column {error.position + 1}: ")
        shown, carets = error.pointer().split("\n")
        assert set(carets) <= {" ", "^"}
        assert shown.isprintable()
    else:
        sql = f"SELECT r.id FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE {query.where}"
        store.execute(sql, query.parameters).fetchall()


@given(text=soup | st.text(), cursor=st.integers(-1, 40))
def test_any_text_can_be_completed(text: str, cursor: int) -> None:
    completion = complete(text, cursor, NAMES, lambda field: ["a", "b c", field.key])
    assert 0 <= completion.start <= max(0, min(cursor, len(text))) <= completion.end <= len(text)


@given(clause=soup | st.text())
def test_any_text_is_an_order_or_an_error(clause: str) -> None:
    try:
        assert all(isinstance(sort, Sort) for sort in compile_order([clause], NAMES))
    except FilterError as error:
        assert 0 <= error.position <= error.position + error.length <= len(clause)


keys = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6
) | st.sampled_from(
    ["and", "min", "status", "metrics.x", "run.name", "tag:x", "desc", "a b", "1", "mlflow.user"]
)
fields = st.one_of(
    st.builds(Field, st.sampled_from(["metric", "param", "tag"]), keys),
    st.builds(Field, st.just("metric"), keys, st.sampled_from(sorted(AGGREGATES))),
    st.builds(Field, st.just("attribute"), st.sampled_from(sorted(ATTRIBUTES))),
)


@given(field=fields, known=st.sets(fields, max_size=4), logged=st.booleans())
def test_a_field_is_read_as_it_is_spelt(field: Field, known: set[Field], logged: bool) -> None:
    if field.kind == "tag" and field.key.startswith("mlflow."):
        logged = True  # else the attribute that holds it is meant
    used = known | {field} if logged else known
    names = Names(*(frozenset(f.key for f in used if f.kind == kind) for kind in ("metric", "param", "tag")))
    assert compile_order([f"{spell(field, names)} desc"], names) == (Sort(field, True),)
