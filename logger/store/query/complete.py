"""What may stand at the cursor: names, then operators, then values, then and/or."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from logger.store.fields import AGGREGATES, ATTRIBUTES, DATASET_KEYS, SYSTEM_PREFIX, Field, Kind, Names
from logger.store.query.conditions import operators
from logger.store.query.errors import FilterError
from logger.store.query.lexer import Token, closed, scan
from logger.store.query.naming import resolve
from logger.store.query.parser import split_prefix
from logger.store.query.spelling import quote, spell, spell_key, spell_value
from logger.store.query.syntax import Name
from logger.store.runs import STATUSES

MOST_OPTIONS = 100
# Nobody types further than this; it is read anew with every key.
_LONGEST_READ = 10_000
_TIMES = ("today", "yesterday", "1h ago", "1d ago", "7d ago", "30d ago", "now")
_DURATIONS = ("1m", "10m", "1h", "12h", "1d", "7d")
_QUOTES = "'\"`"

ValuesOf = Callable[[Field], Sequence[str]]

_Expected = Literal[
    "name",
    "metric",  # in the parentheses of an aggregate
    "close",  # of an aggregate
    "operator",
    "negated",  # like, ilike or in, after not
    "value",
    "list",  # its opening parenthesis
    "item",  # a value in a list, a comma or its end
    "presence",  # null or not null
    "null",
    "joint",  # and, or
]


@dataclass(frozen=True)
class Completion:
    """What may replace `text[start:end]`, best first."""

    start: int
    end: int
    options: tuple[str, ...]


def complete(text: str, cursor: int, names: Names, values: ValuesOf) -> Completion:
    """What may stand at the cursor (characters before it), given what has been typed of it.

    `values` gives the values in use of a field, as text; it is asked where a value is expected. At most 100
    options; none where what is typed is complete. Raises only what `values` raises.
    """
    cursor = max(0, min(cursor, len(text)))
    if cursor > _LONGEST_READ:
        return Completion(cursor, cursor, ())
    tokens = scan(text[:cursor])[:-1]
    typed = _pop_typed(tokens, cursor)
    condition = _Condition(names)
    for token in tokens:
        condition.read(token)
    start = typed[0].start if typed else cursor
    end = _end(text, typed[-1].start if typed else cursor, cursor)
    written = text[start:cursor]
    return Completion(start, end, _ranked(written, condition.options(written, values)))


def _pop_typed(tokens: list[Token], cursor: int) -> list[Token]:
    """Take off what is being typed: the word, operator or quote that the cursor touches, with its prefix."""
    if not tokens or tokens[-1].end < cursor or tokens[-1].kind not in ("word", "quoted", "operator"):
        return []
    typed = [tokens.pop()]
    if typed[0].kind == "quoted" and tokens and tokens[-1].end == typed[0].start:
        prefix = split_prefix(tokens[-1].text)
        if prefix and not prefix[2]:
            typed.insert(0, tokens.pop())
    return typed


def _end(text: str, start: int, cursor: int) -> int:
    """Where the token that begins at `start` ends, also behind the cursor; an open quote ends at it."""
    for token in scan(text[: cursor + _LONGEST_READ]):
        if token.start == start and (token.kind in ("word", "operator") or closed(text, token)):
            return max(token.end, cursor)
    return cursor


def _ranked(written: str, options: Iterable[str]) -> tuple[str, ...]:
    """The options that contain what was typed, those that begin with it first; none if only it is left."""
    prefix = split_prefix(written)
    lead, key = (prefix[1], prefix[2]) if prefix else ("", written)
    sought = key.casefold().strip(_QUOTES)
    symbol = key[:1] in tuple("=!<>")
    first, then = [], []
    for option in dict.fromkeys(options):
        folded = option[len(lead) :].casefold().lstrip(_QUOTES)
        if not option.startswith(lead):
            continue
        if folded.startswith(sought):
            first.append(option)
        elif sought in folded and not symbol:
            then.append(option)
    found = (first + then)[:MOST_OPTIONS]
    return () if found == [written] else tuple(found)


class _Condition:
    """The condition at the cursor, as far as it has come."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.expected: _Expected = "name"
        self.field: Field | None = None
        self.word: Token | None = None
        """The name as it stands: an aggregate, or the prefix of a quoted name, where that follows."""

    def read(self, token: Token) -> None:
        """Take one more token into account; what makes no sense begins a new condition."""
        if token.keyword in ("and", "or"):
            self.expected = "name"
        elif self.expected in ("name", "joint"):
            self._begin(token)
        elif self.expected == "metric":
            self.field = self._resolve(token, self.word.keyword if self.word else None)
            self.expected = "close"
        elif self.expected == "close":
            self.expected = "operator" if token.kind == "close" else "close"
        elif self.expected in ("operator", "negated"):
            self._compare(token)
        elif self.expected == "list":
            self.expected = "item"
        elif self.expected == "item":
            self.expected = "joint" if token.kind == "close" else "item"
        else:
            negated = self.expected == "presence" and token.keyword == "not"
            self.expected = "null" if negated else "joint"

    def _begin(self, token: Token) -> None:
        if token.kind == "open" or token.keyword == "not":
            self.expected = "name"
        elif token.kind in ("word", "quoted"):
            self.field = self._resolve(token)
            self.word = token if token.kind == "word" else None
            self.expected = "operator"

    def _compare(self, token: Token) -> None:
        word = token.keyword
        if token.kind == "operator" or word in ("like", "ilike"):
            self.expected = "value"
        elif word in ("in", "is"):
            self.expected = "list" if word == "in" else "presence"
        elif word == "not" and self.field:
            self.expected = "negated"
        elif token.kind == "open" and self.word and self.word.keyword in AGGREGATES:
            self.expected = "metric"
        elif token.kind == "quoted" and self.word and self.word.end == token.start:
            prefix = split_prefix(self.word.text)
            self.field = self._named(Name(token.text, 0, 0, prefix[0] if prefix else None))
        elif token.kind == "close":
            self.expected = "joint"
        else:
            self._begin(token)

    def _resolve(self, token: Token, aggregate: str | None = None) -> Field | None:
        prefix = split_prefix(token.text) if token.kind == "word" else None
        kind, key = (prefix[0], prefix[2]) if prefix else (None, token.text)
        return self._named(Name(key, 0, 0, kind, token.text, aggregate))

    def _named(self, name: Name) -> Field | None:
        try:
            return resolve(name, "", self.names)
        except FilterError:
            return None

    def options(self, written: str, values: ValuesOf) -> Iterable[str]:
        """All that may stand next; `written` is what has been typed of it."""
        if self.expected in ("name", "metric"):
            yield from self._names(written)
        elif self.expected in ("value", "item"):
            yield from self._values(written, values)
        elif self.expected == "list":
            yield "("
        elif self.expected == "close":
            yield ")"
        elif self.expected in ("presence", "null"):
            yield from ("null", "not null") if self.expected == "presence" else ("null",)
        elif self.expected == "negated":
            yield from ("like", "ilike", "in")
        else:
            if self.expected == "operator" and self.field:
                yield from (*operators(self.field), "is null", "is not null")
            yield from ("and", "or")
            if written:
                yield from self._names(written)

    def _names(self, written: str) -> Iterable[str]:
        prefix = split_prefix(written)
        known: dict[Kind, Iterable[str]] = {"metric": self.names.metrics}
        if self.expected != "metric":
            known |= {"param": self.names.params, "tag": self.names.tags, "attribute": ATTRIBUTES}
            if prefix is not None:
                known["dataset"] = DATASET_KEYS
        for kind, keys in known.items():
            if prefix is None:
                yield from (
                    _as_begun(written, key, spell(Field(kind, key), self.names)) for key in _own_first(keys)
                )
            elif prefix[0] == kind:
                yield from (prefix[1] + _as_begun(prefix[2], key, spell_key(key)) for key in _own_first(keys))
        if prefix is None and self.expected != "metric":
            yield from (f"{aggregate}(" for aggregate in AGGREGATES)
            yield "not"

    def _values(self, written: str, values: ValuesOf) -> Iterable[str]:
        if self.field is None:
            return ()
        if self.field.type in ("time", "duration"):
            return _TIMES if self.field.type == "time" else _DURATIONS
        is_status = self.field == Field("attribute", "status")
        options = [status.lower() for status in STATUSES] if is_status else values(self.field)
        return (_as_begun(written, value, spell_value(value)) for value in options)


def _own_first(keys: Iterable[str]) -> Sequence[str]:
    """By name; what the monitor of the machine logs comes after what the script does."""
    return sorted(keys, key=lambda key: (key.startswith(SYSTEM_PREFIX), key))


def _as_begun(written: str, text: str, spelt: str) -> str:
    """In the quotes that have been opened, else as it is spelt."""
    mark = written[:1]
    return quote(text, mark) if mark and mark in _QUOTES else spelt
