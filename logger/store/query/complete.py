"""What may stand at the cursor: names, then operators, then values, then and/or."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from logger.store.fields import AGGREGATES, ATTRIBUTES, STATUSES, Field, Kind, Names
from logger.store.query.conditions import operators
from logger.store.query.errors import FilterError
from logger.store.query.lexer import Token, scan
from logger.store.query.naming import resolve
from logger.store.query.parser import split_prefix
from logger.store.query.spelling import quote, spell, spell_value
from logger.store.query.syntax import Name

MOST_OPTIONS = 100
_TIMES = ("today", "yesterday", "1h ago", "1d ago", "7d ago", "30d ago", "now")
_DURATIONS = ("1m", "10m", "1h", "12h", "1d", "7d")

# What is expected next: a name; the name of a metric (in an aggregate); an operator; a value; a value in a
# list; the parenthesis that opens a list; null; or a word that joins conditions.
_Expected = Literal["name", "metric", "operator", "value", "list", "open", "null", "joint"]


@dataclass(frozen=True)
class Completion:
    """What may replace `text[start:end]`, best first."""

    start: int
    end: int
    options: tuple[str, ...]


def complete(text: str, cursor: int, names: Names, values: Callable[[Field], Sequence[str]]) -> Completion:
    """What may stand at the cursor (characters before it), given what has been typed of it.

    `values` gives the values in use of a field, as text; it is asked where a value is expected. Never raises.
    """
    cursor = max(0, min(cursor, len(text)))
    tokens = scan(text[:cursor])[:-1]
    typed = _pop_typed(tokens, cursor)
    state = _State(names)
    for token in tokens:
        state.read(token)
    start = typed[0].start if typed else cursor
    written = text[start:cursor]
    end = max(
        cursor,
        next((token.end for token in scan(text) if token.start == start and token.kind != "end"), cursor),
    )
    options = _ranked(written, state.options(written, values))
    return Completion(start, end, tuple(options[:MOST_OPTIONS]))


def _pop_typed(tokens: list[Token], cursor: int) -> list[Token]:
    """Take off what is being typed: the word or the open quote that the cursor touches, with its prefix."""
    if not tokens or tokens[-1].end < cursor or tokens[-1].kind not in ("word", "quoted", "operator"):
        return []
    typed = [tokens.pop()]
    before = tokens[-1] if tokens else None
    if typed[0].kind == "quoted" and before and before.end == typed[0].start and before.kind == "word":
        prefix = split_prefix(before.text)
        if prefix and not prefix[2]:
            typed.insert(0, tokens.pop())
    return typed


class _State:
    """How far the conditions before the cursor have come."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.expected: _Expected = "name"
        self.field: Field | None = None
        self.aggregate: str | None = None
        self.function: str | None = None
        self.kind: Kind | None = None

    def read(self, token: Token) -> None:
        """Take one more token into account; what makes no sense begins a new condition."""
        word = token.keyword
        if word in ("and", "or") or (token.kind == "open" and self.expected not in ("open", "operator")):
            self.expected, self.field = "name", None
        elif self.expected == "metric":
            if token.kind == "close":
                self.expected, self.aggregate = "operator", None
            else:
                self.field = self._field(token)
        elif self.expected in ("name", "joint"):
            self._name(token)
        elif self.expected == "operator":
            self._operator(token)
        elif self.expected == "open":
            self.expected = "list"
        elif self.expected == "list":
            self.expected = "joint" if token.kind == "close" else "list"
        elif self.expected == "null":
            self.expected = "null" if word == "not" else "joint"
        else:
            self.expected = "joint"

    def _name(self, token: Token) -> None:
        if token.kind not in ("word", "quoted") or token.keyword == "not":
            return
        self.function = token.keyword if token.keyword in AGGREGATES else None
        self.field = self._field(token)
        self.expected = "operator"

    def _operator(self, token: Token) -> None:
        word = token.keyword
        if token.kind == "open" and self.function:
            self.expected, self.aggregate = "metric", self.function
        elif token.kind == "operator" or word in ("like", "ilike"):
            self.expected = "value"
        elif word in ("in", "is"):
            self.expected = "open" if word == "in" else "null"
        elif token.kind == "close":
            self.expected = "joint"
        elif token.kind == "quoted" and self.kind:
            self.field = Field(self.kind, token.text)
        elif word != "not":
            self._name(token)

    def _field(self, token: Token) -> Field | None:
        prefix = split_prefix(token.text) if token.kind == "word" else None
        self.kind = prefix[0] if prefix and not prefix[2] else None
        key = prefix[2] if prefix else token.text
        name = Name(key, 0, 0, prefix[0] if prefix else None, token.text, self.aggregate)
        try:
            return resolve(name, "", self.names)
        except FilterError:
            return None

    # What may stand next

    def options(self, written: str, values: Callable[[Field], Sequence[str]]) -> Iterable[str]:
        if self.expected == "metric":
            return (_name_in(written, Field("metric", key), self.names) for key in sorted(self.names.metrics))
        if self.expected in ("value", "list"):
            return self._values(written, values)
        if self.expected == "open":
            return ("(",)
        if self.expected == "null":
            return ("null", "not null")
        if self.expected == "operator":
            symbols = operators(self.field) if self.field else ()
            return (*symbols, *(("is null", "is not null") if symbols else ()), "and", "or")
        if self.expected == "joint":
            return ("and", "or")
        return self._names(written)

    def _names(self, written: str) -> Iterable[str]:
        prefix = split_prefix(written)
        known: dict[Kind, Iterable[str]] = {
            "metric": self.names.metrics,
            "param": self.names.params,
            "tag": self.names.tags,
            "attribute": ATTRIBUTES,
        }
        for kind in [prefix[0]] if prefix else known:
            for key in sorted(known[kind]):
                yield _name_in(written, Field(kind, key), self.names)
        if not prefix:
            yield from (f"{aggregate}(" for aggregate in AGGREGATES)
            yield "not"

    def _values(self, written: str, values: Callable[[Field], Sequence[str]]) -> Iterable[str]:
        if self.field is None:
            return ()
        if self.field == Field("attribute", "status"):
            return (status.lower() for status in STATUSES)
        if self.field.type in ("time", "duration"):
            return _TIMES if self.field.type == "time" else _DURATIONS
        mark = written[:1]
        if mark and mark in "'\"`":
            return (quote(value, mark) for value in values(self.field))
        return (spell_value(value) for value in values(self.field))


def _name_in(written: str, field: Field, names: Names) -> str:
    """A name, spelt with the prefix and the quotes that have been typed."""
    prefix = split_prefix(written)
    if prefix is None:
        mark = written[:1]
        return quote(field.key, mark) if mark and mark in '"`' else spell(field, names)
    mark = prefix[2][:1]
    if mark and mark in '"`':
        return prefix[1] + quote(field.key, mark)
    plain = spell(Field("tag", field.key), Names()).removeprefix("tag:")
    return prefix[1] + plain


def _ranked(written: str, options: Iterable[str]) -> list[str]:
    """The options that contain what was typed, those that begin with it first."""
    sought = written.casefold()
    bare = sought.lstrip("'\"`")
    found = [option for option in dict.fromkeys(options) if bare in option.casefold()]
    found.sort(key=lambda option: not option.casefold().lstrip("'\"`").startswith(bare))
    return [] if found == [written] else found
