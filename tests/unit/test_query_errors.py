"""Mistakes in filters: where the error points and what it says is possible there; hostile text."""

from __future__ import annotations

import pytest

from logger.store.fields import Names
from logger.store.query import FilterError, compile_filter, compile_order
from tests.query_runs import Logged, matching, store_of

NAMES = Names(
    frozenset({"val/acc", "val/loss", "train.loss"}), frozenset({"lr", "depth"}), frozenset({"team", "best"})
)

# The filter, what the error points at (the first such text; "" for the end), and what the message says.
MISTAKES = [
    (
        "vall/acc > 3",
        "vall/acc",
        "no metric, param, tag or attribute is called 'vall/acc': did you mean val/acc",
    ),
    ("lr = 1 and statsu = failed", "statsu", "did you mean status"),
    ("zzz is null", "zzz", "possible are"),
    ("5 > lr", "5", "no metric, param, tag or attribute is called '5'"),
    ("min(lr) > 2", "min(lr)", "no metric is called 'lr'"),
    (
        "avg(val/acc) > 1",
        "avg",
        "possible are last, min, max, first, count, step, min_step, max_step or nans",
    ),
    ("mim(val/acc) > 1", "mim", "did you mean min"),
    ("min(tag:best) > 1", "tag:best", "only a metric has a min"),
    ("min(max(val/acc)) > 1", "(val", "found '(': ')' may stand here"),
    ("min(val/acc > 1", "> 1", "')' may stand here"),
    ("min() > 1", ")", "the name of a metric may stand here"),
    ("attributes.colour = 1", "attributes.colour", "no attribute is called 'colour'"),
    ("run.nam = 'x'", "run.nam", "did you mean name?"),
    ("tags. > 2", "> 2", "the name of a tag may follow 'tags.'"),
    ("lr >", "", "found the end: a number, a word or quoted text may stand here"),
    ("lr = and depth = 3", "and", "found 'and': a number, a word or quoted text may stand here"),
    ("lr = = 3", "= 3", "found '='"),
    ("lr in 3", "3", "a list like (1, 2) may follow in"),
    ("lr in (1 2)", "2", "a comma or ')' may follow a value in a list"),
    ("lr in ()", ")", "found ')'"),
    ("lr in (1,", "", "found the end"),
    ("lr is 3", "3", "null or not null may follow is"),
    ("lr is not", "", "found the end: null or not null may follow is"),
    ("'lr' > 3", "'lr'", "a name in quotes stands in `"),
    ("'lr' is null", "'lr'", "a name in quotes stands in `"),
    ("and lr = 3", "and", "a name, a word, quoted text, not or '(' may stand here"),
    ("lr = 3 or", "", "found the end"),
    ("not", "", "found the end"),
    ("> 3", ">", "found '>'"),
    ("lr = 1, 2", ",", "found ','"),
    ("(lr = 3", "", "and, or, another condition or ')' may stand here"),
    ("lr = 3)", ")", "found ')' but no '(' is open"),
    ("()", ")", "found ')'"),
    ("name = 'x", "'", "the quote ' is never closed"),
    ('otter "x', '"', 'the quote " is never closed'),
    ("val/acc > high", "high", "val/acc is compared with a number like 0.9"),
    ("val/acc > nan", "nan", "nan comes before and after nothing"),
    ("val/acc like '0%'", "like", "possible are =, !=, >, >=, <, <=, in or not in"),
    ("val/acc not like '0%'", "not like", "val/acc, which is a number"),
    ("lr > '0.1'", "'0.1'", "found '0.1': > compares numbers, which stand without quotes"),
    ("lr > adam", "adam", "lr is compared with a number"),
    ("name > 'b'", ">", "name, which is text: possible are =, !=, in, not in"),
    ("team >= 3", ">=", "tag:team, which is text"),
    ("status = done", "done", "a status is one of running, scheduled, finished, failed, killed or lost"),
    ("duration > soon", "soon", "a duration like 90s, 1h30m or 7d"),
    ("duration > nan", "nan", "a duration like"),
    ("pid = nan", "nan", "pid is compared with a number"),
    ("started > 30d", "30d", "did you mean 30d ago?"),
    ("started > 2026-13-01", "2026-13-01", "started is compared with a time like now, 30d ago"),
    ("started > 2026-10-01T25:00", "2026-10-01T25:00", "started is compared with a time"),
    ("started > 0000-01-01", "0000-01-01", "started is compared with a time"),
    ("started = nan", "nan", "started is compared with a time"),
    ("started like '2026%'", "like", "started, which is a time"),
    ("a\x00b", "\x00", "no text contains the character U+0000"),
    ("name = '\ud800'", "\ud800", "no text contains the character U+D800"),
]


@pytest.mark.parametrize(("text", "at", "says"), MISTAKES, ids=[ascii(text) for text, _, _ in MISTAKES])
def test_an_error_points_at_the_spot(text: str, at: str, says: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, NAMES, 1e9)
    error = caught.value
    assert error.position == (text.index(at) if at else len(text))
    assert text[error.position :].startswith(at[: error.length])
    assert error.length == 0 or at.startswith(text[error.position : error.position + error.length])
    assert (error.length > 0) == bool(at)
    message = str(error)
    assert message.startswith(f"column {error.position + 1}: ")
    assert says in message
    assert message.isprintable()


@pytest.mark.parametrize(
    ("clauses", "says"),
    [
        (["val/ac desc"], "did you mean val/acc"),
        (["lr", "lr down"], "found 'down': asc, desc or a comma may follow a name"),
        ([""], "found the end: a name may stand here"),
        (["lr,"], "found the end"),
        (["> 3"], "a name may stand here"),
    ],
)
def test_errors_in_an_order(clauses: list[str], says: str) -> None:
    with pytest.raises(FilterError, match=says):
        compile_order(clauses, NAMES)


def test_the_pointer_stands_under_the_mistake() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("lr = 1 and statsu = failed", NAMES)
    assert caught.value.pointer() == "lr = 1 and statsu = failed\n           ^^^^^^"


def test_the_pointer_counts_cells_and_keeps_to_one_line() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("名前\x1b[2J\n or\nstatsu = 1", NAMES)
    assert caught.value.pointer() == "名前 [2J  or statsu = 1\n             ^^^^^^"


def test_the_pointer_of_a_long_filter_shows_the_part_around_the_mistake() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("x " * 90 + "statsu = 1" + " y" * 90, NAMES)
    shown, carets = caught.value.pointer().split("\n")
    assert shown.startswith("…x x ")
    assert shown.endswith(" y…")
    assert shown[carets.index("^") : carets.index("^") + 6] == "statsu"


HOSTILE_ERRORS = [
    "' OR 1=1--",
    "x); DROP TABLE runs;--",
    "(" * 10_000,
    "(" * 10_000 + "a" + ")" * 10_000,
    "not (" * 10_000,
    "min(" * 10_000,
    "a " * 10_000,
    "lr in (" + "1," * 20_000 + "1)",
    "started in (" + "now," * 100 + "now)",
    "a" * 1_000_000,
    "a" * 5_000,
    "name like '" + "%a" * 5_000 + "'",
    "zzzz" * 100 + " = 1",
]


@pytest.mark.parametrize("text", HOSTILE_ERRORS, ids=[text[:24] for text in HOSTILE_ERRORS])
def test_hostile_text_is_answered_with_an_error(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, NAMES)
    assert len(str(caught.value)) < 300
    assert len(caught.value.pointer()) < 400


HOSTILE_FILTERS = [
    "(a+)+$",
    "not " * 9_999 + "a",
    "(" * 20 + "a" + ")" * 20,
    "'; DROP TABLE runs; --'",
    "name = '' or name = ' OR 1=1 --'",
    "1; ATTACH DATABASE x",
    "name like '" + "%a" * 499 + "%b'",
    "name ilike '" + "%a_" * 333 + "'",
    "sort" + "%" * 900,
    "name = " + "9" * 5_000,
    "lr = " + "9" * 5_000,
    "duration < " + "9" * 5_000 + "w",
    "started > " + "9" * 5_000 + "w ago",
    "started in (" + "today," * 19 + "today)",
    f"run_id in ({','.join(['x'] * 10_000)})",
    " or ".join(["not x"] * 200),
    " and ".join(["min(val/loss) > 1"] * 200),
]


@pytest.mark.parametrize("text", HOSTILE_FILTERS, ids=[text[:24] for text in HOSTILE_FILTERS])
def test_hostile_text_that_is_a_filter_runs(text: str) -> None:
    runs = [Logged("a" * 5_000, metrics={"val/loss": [1]}, params={"lr": "1"})]
    store = store_of(runs)
    matching(store, runs, text)
    assert store.execute("SELECT COUNT(*) FROM runs").fetchone() == (1,)


@pytest.mark.parametrize("negation", ["", "not "])
@pytest.mark.parametrize("joint", [" or ", " and "])
def test_the_deepest_nesting_is_not_too_deep_for_sqlite(negation: str, joint: str) -> None:
    other = " and " if joint == " or " else " or "
    leading, trailing = "min(val/loss) > 3", "min(val/loss) > 3"
    for level in range(20):
        word = joint if level % 2 else other
        leading = f"name = a{word}{negation}({leading})"
        trailing = f"{negation}({trailing}){word}note is null"
    runs = [Logged("a", metrics={"val/loss": [1]})]
    store = store_of(runs)
    for text in (leading, trailing):
        # A caller's own conditions stand around the filter.
        query = compile_filter(text, Names(frozenset({"val/loss"})))
        sql = f"SELECT 1 FROM (SELECT 1 FROM runs r WHERE r.deleted IS NULL AND (({query.where})))"
        assert store.execute(sql, query.parameters).fetchall() in ([], [(1,)])


def test_hostile_names_are_values() -> None:
    hostile = "x' OR 1=1; --"
    runs = [Logged("one", params={hostile: "1"}), Logged("two")]
    store = store_of(runs)
    assert matching(store, runs, f"`{hostile}` = 1") == ["one"]
