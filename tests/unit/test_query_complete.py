"""Completion of filters, with | for the cursor; and the spelling of names and values."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from logger.store.fields import AGGREGATES, Field, Names
from logger.store.query import complete, spell

NAMES = Names(
    frozenset({"val/acc", "val/loss", "loss train"}),
    frozenset({"lr", "optimizer"}),
    frozenset({"team", "a b"}),
)
VALUES = {
    "optimizer": ["Adam", "sgd", "it's", "and"],
    "lr": ["0.001", "auto"],
    "team": ["vision", "text team"],
}


def values(field: Field) -> Sequence[str]:
    return VALUES.get(field.key, ())


def after_choosing(marked: str) -> list[str]:
    """The texts that choosing each option leads to."""
    cursor = marked.index("|")
    text = marked.replace("|", "", 1)
    completion = complete(text, cursor, NAMES, values)
    return [text[: completion.start] + option + text[completion.end :] for option in completion.options]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("val/|", ["val/acc", "val/loss"]),
        ("AC|", ["val/acc", "artifacts"]),
        ("va|l/x > 3", ["val/acc > 3", "val/loss > 3"]),
        ("loss|", ["`loss train`", "val/loss"]),
        ("lr = 1 and (opt|", ["lr = 1 and (optimizer"]),
        ("not tea|", ["not team"]),
        ("metrics.a|", ["metrics.`loss train`", "metrics.val/acc", "metrics.val/loss"]),
        ("tag:t|", ["tag:team"]),
        ("tags.`a|", ["tags.`a b`", "tags.`team`"]),
        ('tags."te|"', ['tags."team"']),
        ("tag:team|", []),
        ("params.|", ["params.lr", "params.optimizer"]),
        ("attributes.st|", ["attributes.started", "attributes.status", ...]),
        ("mi|", ["min(", "min_step(", ...]),
        ("min(va|", ["min(val/acc", "min(val/loss"]),
        ("min(|)", ["min(`loss train`)", "min(val/acc)", "min(val/loss)"]),
        ("min(val/acc|", []),
        ("min(val/acc |", ["min(val/acc )"]),
        ("val/acc >|", ["val/acc >", "val/acc >="]),
        ("val/acc i|", ["val/acc in", "val/acc is null", "val/acc is not null", ...]),
        ("team n|", ["team not in", "team not like", "team not ilike", ...]),
        ("team not |", ["team not like", "team not ilike", "team not in"]),
        (
            "optimizer = |",
            ["optimizer = Adam", "optimizer = sgd", "optimizer = 'it''s'", "optimizer = 'and'"],
        ),
        ("optimizer = a|", ["optimizer = Adam", "optimizer = 'and'"]),
        ("optimizer = 'i|", ["optimizer = 'it''s'"]),
        ('optimizer != "|" or lr = 1', [f'optimizer != "{v}" or lr = 1' for v in VALUES["optimizer"]]),
        ("param:`lr` = 0|", ["param:`lr` = 0.001"]),
        ("tag:team = te|", ["tag:team = 'text team'"]),
        ("optimizer in (|", [f"optimizer in ({v}" for v in ("Adam", "sgd", "'it''s'", "'and'")]),
        ("optimizer in (Adam, s|", ["optimizer in (Adam, sgd", "optimizer in (Adam, 'it''s'"]),
        ("optimizer in |", ["optimizer in ("]),
        ("optimizer in (sgd) |", ["optimizer in (sgd) and", "optimizer in (sgd) or"]),
        ("lr is |", ["lr is null", "lr is not null"]),
        ("lr is not n|", ["lr is not null"]),
        ("status = f|", ["status = finished", "status = failed"]),
        ("attributes.status = k|", ["attributes.status = killed"]),
        ("started > y|", ["started > yesterday", "started > today"]),
        (
            "duration > 1|",
            ["duration > 1m", "duration > 10m", "duration > 1h", "duration > 12h", "duration > 1d"],
        ),
        ("lr = 1 |", ["lr = 1 and", "lr = 1 or"]),
        ("otter |", ["otter and", "otter or"]),
        ("otter l|", ["otter `loss train`", "otter lr", "otter last(", ...]),
        ("lr = 1 o|", ["lr = 1 or", "lr = 1 optimizer", ...]),
        ("nowhere = |", []),
        ("tag:team and |val", ["tag:team and `loss train`", "tag:team and val/acc", ...]),
        ("name = 'a| and lr = 1", []),
    ],
)
def test_options_at_the_cursor(typed: str, expected: list[object]) -> None:
    found = after_choosing(typed)
    if expected[-1:] == [...]:
        assert found[: len(expected) - 1] == expected[:-1]
    else:
        assert found == expected


def test_everything_that_may_begin_a_condition() -> None:
    options = complete("", 0, NAMES, values).options
    assert options[:3] == ("`loss train`", "val/acc", "val/loss")
    assert {"lr", "team", "`a b`", "status", "min(", "not"} <= set(options)


def test_a_long_text_is_not_read() -> None:
    text = "a " * 50_000
    assert complete(text, len(text), NAMES, values).options == ()


def test_many_options_are_cut() -> None:
    names = Names(metrics=frozenset(f"m{number}" for number in range(1_000)))
    assert len(complete("m", 1, names, values).options) == 100


@pytest.mark.parametrize(
    ("field", "spelling"),
    [
        (Field("metric", "val/acc"), "val/acc"),
        (Field("metric", "val/acc", "min"), "min(val/acc)"),
        (Field("metric", "loss train", "max"), "max(`loss train`)"),
        (Field("metric", "gone", "max"), "max(metric:gone)"),
        (Field("metric", "gone"), "metric:gone"),
        (Field("param", "val/acc"), "param:val/acc"),
        (Field("tag", "team"), "team"),
        (Field("tag", "lr"), "tag:lr"),
        (Field("param", "tag:x"), "param:tag:x"),
        (Field("attribute", "status"), "status"),
        (Field("param", "status"), "param:status"),
        (Field("tag", "we`ird"), "tag:`we``ird`"),
    ],
)
def test_spelling(field: Field, spelling: str) -> None:
    assert spell(field, NAMES) == spelling


def test_every_aggregate_can_be_completed() -> None:
    assert {f"{aggregate}(" for aggregate in AGGREGATES} <= set(complete("", 0, NAMES, values).options)
