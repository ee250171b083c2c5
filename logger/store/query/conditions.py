"""One comparison as SQL, by the type of what is compared."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, NoReturn

from logger.store.fields import Field
from logger.store.query import literals, patterns
from logger.store.query.errors import FilterError, listing, shown
from logger.store.query.syntax import Comparison, Operator, Value
from logger.store.runs import STATUSES

# SQLite looks for each compared constant among all before it: thousands of them would take it seconds.
MOST_TIMES = 20  # in one list
_EQUALITIES: tuple[Operator, ...] = ("=", "!=", "in", "not in")
_LIKES: tuple[Operator, ...] = ("like", "not like", "ilike", "not ilike")
_ORDERS: tuple[Operator, ...] = (">", ">=", "<", "<=")
# Aggregates that are values of the metric, so that without points there is none.
_VALUES = ("last", "min", "max", "first")
_POSSIBLE = {
    "number": "a number like 0.9, 1e-3, inf or nan",
    "duration": "a duration like 90s, 1h30m or 7d",
    "time": "a time like now, 30d ago, today, 2026-10-01 or 2026-10-01T12:00",
}
_TRUTH = {"true": 1.0, "false": 0.0}


class Sql(NamedTuple):
    """A piece of SQL and the values its question marks are bound to."""

    text: str
    parameters: tuple[object, ...] = ()


def operators(field: Field) -> tuple[Operator, ...]:
    """What a field can be compared with."""
    if field.kind == "param":
        return (*_EQUALITIES[:2], *_ORDERS, *_EQUALITIES[2:], *_LIKES)
    if _type(field) == "text":
        return (*_EQUALITIES, *_LIKES)
    return (*_EQUALITIES[:2], *_ORDERS, *_EQUALITIES[2:])


def presence(field: Field) -> Sql:
    """Whether the run has it at all: a value, also NaN; text that is not empty where it is an attribute."""
    if field.kind != "attribute":
        return _membership(field, Sql("1"))
    expression = field.column
    return Sql(f"{expression} <> ''" if field.type == "text" else f"{expression} IS NOT NULL")


def comparison(asked: Comparison, field: Field, text: str, now: float) -> Sql:
    """The SQL of a comparison that stands in the filter `text`. Raises FilterError when it makes no sense."""
    possible = operators(field)
    if asked.operator not in possible:
        found = shown(text[asked.start : asked.end])
        nature = "text" if "like" in possible else f"a {field.type}"
        raise FilterError(
            text,
            asked.start,
            asked.end - asked.start,
            f"found {found} after {field.label}, which is {nature}: possible are {listing(possible, 10)}",
        )
    reading = _Reading(field, text, now)
    if asked.operator in _LIKES:
        inner = reading.like(asked.values[0], ignore_case=asked.operator.endswith("ilike"))
    elif asked.operator in _EQUALITIES:
        inner = reading.equal(asked.values)
    else:
        inner = reading.order(asked.operator, asked.values[0])
    negative = asked.operator == "!=" or asked.operator.startswith("not")
    if field.kind == "attribute":
        return Sql(f"NOT {inner.text}", inner.parameters) if negative else inner
    # A NaN, or a param that is no number, differs from what it is compared with.
    return _membership(
        field,
        Sql(f"NOT COALESCE({inner.text}, 0)", inner.parameters) if negative else inner,
        has_value=asked.operator in _ORDERS and field.aggregate in _VALUES,
    )


def _type(field: Field) -> Literal["text", "number", "time", "duration"]:
    return field.type or "text"


def _membership(field: Field, inner: Sql, *, has_value: bool = False) -> Sql:
    """The runs with such a key for which the condition on its row `x` is true.

    `has_value`: it is true only of a metric that has a value, and so points; asking for these would leave the index.
    """
    rows, bound = field.membership
    recorded = " AND x.n > 0" if field.kind == "metric" and not has_value else ""
    return Sql(f"{rows}{recorded} AND {inner.text})", (*bound, *inner.parameters))


class _Reading:
    """The values of one comparison, read as the type of its field."""

    def __init__(self, field: Field, text: str, now: float) -> None:
        self.field = field
        self.text = text
        self.now = now
        self.column = field.column

    def fail(self, value: Value, problem: str) -> NoReturn:
        found = shown(self.text[value.start : value.end])
        raise FilterError(self.text, value.start, value.end - value.start, f"found {found}: {problem}")

    def like(self, value: Value, ignore_case: bool) -> Sql:
        if len(value.text) > patterns.LONGEST_PATTERN:
            self.fail(value, f"a pattern has at most {patterns.LONGEST_PATTERN:,} characters")
        pattern = value.text.upper() if self.field == _STATUS else value.text
        return Sql(f"({self.column} GLOB ?)", (patterns.like(pattern, ignore_case=ignore_case),))

    def equal(self, values: tuple[Value, ...]) -> Sql:
        """Whether the column equals any of the values."""
        type_ = _type(self.field)
        if type_ == "time":
            return self._within(values)
        if type_ == "text":
            return self._same_text(values)
        numbers = [self.number(value) for value in values]
        finite = tuple(number for number in numbers if not math.isnan(number))
        tests = [_among(self.column, finite)] if finite else []
        if len(finite) < len(numbers):
            tests.append(Sql(f"{self.column} IS NULL"))
        return _any(tests)

    def order(self, operator: Operator, value: Value) -> Sql:
        if self.field.kind == "param":
            if value.quoted:
                self.fail(value, f"{operator} compares numbers, which stand without quotes")
            column = "x.number"
        else:
            column = self.column
        if _type(self.field) == "time":
            bound = self.moment(value).start
        else:
            bound = self.number(value)
            if math.isnan(bound):
                self.fail(value, "nan comes before and after nothing: possible are = and !=")
        return Sql(f"({column} {operator} ?)", (bound,))

    def number(self, value: Value) -> float:
        """Raises FilterError unless the value is a number, or a duration where the field is one."""
        if self.field.type == "duration":
            number = literals.duration(value.text)
        else:
            number = literals.number(value.text)
            if number is None and self.field.kind == "attribute":
                number = _TRUTH.get(value.text.lower())
        if number is None or (math.isnan(number) and self.field.kind == "attribute"):
            self.fail(value, f"{self.field.label} is compared with {_POSSIBLE[self.field.type or 'number']}")
        return number

    def moment(self, value: Value) -> literals.Moment:
        moment = literals.moment(value.text, self.now)
        if moment is None:
            ago = f"did you mean {value.text} ago?" if literals.duration(value.text) is not None else ""
            self.fail(value, ago or f"{self.field.label} is compared with {_POSSIBLE['time']}")
        return moment

    def _within(self, values: tuple[Value, ...]) -> Sql:
        if len(values) > MOST_TIMES:
            self.fail(values[MOST_TIMES], f"a list has at most {MOST_TIMES} times")
        tests = []
        for moment in map(self.moment, values):
            if moment.span:
                test = f"({self.column} >= ? AND {self.column} < ?)"
                tests.append(Sql(test, (moment.start, moment.start + moment.span)))
            else:
                tests.append(Sql(f"{self.column} = ?", (moment.start,)))
        return _any(tests)

    def _same_text(self, values: tuple[Value, ...]) -> Sql:
        """Quoted text is compared as it is, an unquoted number with a param's number, a word in any case."""
        exact: list[object] = []
        words: list[object] = []
        numbers: list[object] = []
        for value in values:
            number = None if value.quoted or self.field.kind != "param" else literals.number(value.text)
            if self.field == _STATUS:
                exact.append(self.status(value))
            elif value.quoted:
                exact.append(value.text)
            elif number is None or math.isnan(number):
                words.append(_lower(value.text))
            else:
                numbers.append(number)
        tests = [
            _among(column, tuple(options))
            for column, options in (
                (self.column, exact),
                (f"LOWER({self.column})", words),
                ("x.number", numbers),
            )
            if options
        ]
        return _any(tests)

    def status(self, value: Value) -> str:
        if value.text.upper() not in STATUSES:
            self.fail(value, f"a status is one of {listing([status.lower() for status in STATUSES])}")
        return value.text.upper()


_STATUS = Field("attribute", "status")


def _among(column: str, options: tuple[object, ...]) -> Sql:
    return Sql(f"{column} IN ({', '.join('?' * len(options))})", options)


def _any(tests: list[Sql]) -> Sql:
    parameters = tuple(parameter for test in tests for parameter in test.parameters)
    return Sql(f"({' OR '.join(test.text for test in tests)})", parameters)


def _lower(text: str) -> str:
    """Lower case in ASCII letters only, as SQLite's LOWER."""
    return "".join(character.lower() if character.isascii() else character for character in text)
