"""Tokens to a tree, by recursive descent with one function for each level of precedence.

The limits on nesting and on the number of terms keep both this parser and SQLite's, whose stack holds 100
entries and whose expressions may be 1,000 deep, from ever being the ones to complain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NoReturn, cast

from logger.store.fields import AGGREGATES, Kind
from logger.store.query import literals
from logger.store.query.errors import FilterError, listing, shown, suggestion
from logger.store.query.lexer import Token, TokenKind, tokenize
from logger.store.query.patterns import LONGEST_PATTERN
from logger.store.query.syntax import (
    PREFIXES,
    Comparison,
    Junction,
    Name,
    Node,
    Not,
    Operator,
    Order,
    Phrase,
    Presence,
    Value,
)

DEEPEST_NESTING = 20  # parentheses
MOST_TERMS = 200
MOST_VALUES = 10_000  # in all lists of a filter together; SQLite binds at most 32,766

SYMBOLS: dict[str, Operator] = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<>": "!=",
    ">": ">",
    ">=": ">=",
    "<": "<",
    "<=": "<=",
}
_WORD_OPERATORS = ("like", "ilike", "in")
_PREFIXED = re.compile(r"([A-Za-z]+)([.:])(.*)", re.DOTALL)


def parse(text: str) -> Node | None:
    """The tree of a filter; None for a blank one. Raises FilterError."""
    parser = _Parser(text)
    if parser.at("end"):
        return None
    tree = parser.alternatives()
    if not parser.at("end"):
        parser.fail(parser.next, "found ')' but no '(' is open: and, or or another condition may follow")
    return tree


def parse_order(text: str) -> list[Order]:
    """The keys of `metrics.acc DESC, lr`. Raises FilterError."""
    parser = _Parser(text)
    orders = [parser.order()]
    while parser.accept("comma"):
        orders.append(parser.order())
    if not parser.at("end"):
        parser.fail(parser.next, f"found {shown(parser.found)}: asc, desc or a comma may follow a name")
    return orders


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.terms = 0
        self.values = 0

    # Reading tokens

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    @property
    def after(self) -> Token:
        """The token after the next."""
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    @property
    def found(self) -> str:
        """The next token as written."""
        return self.text[self.next.start : self.next.end]

    def take(self) -> Token:
        token = self.next
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def at(self, *kinds: TokenKind) -> bool:
        """Whether the next token is of one of these kinds."""
        return self.next.kind in kinds

    def at_word(self, *words: str) -> bool:
        """Whether the next token is one of these words of the language."""
        return self.next.keyword in words

    def accept(self, kind: TokenKind) -> bool:
        """Take the next token if it is of this kind."""
        accepted = self.at(kind)
        if accepted:
            self.take()
        return accepted

    def accept_word(self, word: str) -> bool:
        """Take the next token if it is this word."""
        accepted = self.at_word(word)
        if accepted:
            self.take()
        return accepted

    def fail(self, at: Token | Name, problem: str) -> NoReturn:
        raise FilterError(self.text, at.start, at.end - at.start, problem)

    # Conditions, from the loosest to the tightest

    def alternatives(self) -> Node:
        return self._joined("or", self.conjunction, lambda: self.accept_word("or"))

    def conjunction(self) -> Node:
        # Two terms side by side are joined as if by `and`.
        return self._joined(
            "and",
            self.term,
            lambda: self.accept_word("and") or not (self.at("end", "close") or self.at_word("or")),
        )

    def _joined(
        self, word: Literal["and", "or"], part: Callable[[], Node], goes_on: Callable[[], bool]
    ) -> Node:
        terms = [part()]
        while goes_on():
            terms.append(part())
        return terms[0] if len(terms) == 1 else Junction(word, tuple(terms))

    def term(self) -> Node:
        negated = False
        while self.accept_word("not"):
            negated = not negated
        inner = self.group() if self.at("open") else self.condition()
        return Not(inner) if negated else inner

    def group(self) -> Node:
        opening = self.take()
        if self.depth == DEEPEST_NESTING:
            self.fail(opening, f"found a '(' inside {DEEPEST_NESTING} others: that many may be open at once")
        self.depth += 1
        inner = self.alternatives()
        if not self.accept("close"):
            self.fail(self.next, f"found {self._what()}: and, or, another condition or ')' may stand here")
        self.depth -= 1
        return inner

    def condition(self) -> Node:
        self.terms += 1
        if self.terms > MOST_TERMS:
            self.fail(self.next, f"found more than {MOST_TERMS} conditions: a filter has at most that many")
        if not self.at("word", "quoted") or self.at_word("and", "or"):
            self.fail(
                self.next, f"found {self._what()}: a name, a word, quoted text, not or '(' may stand here"
            )
        begin = self.next
        name = self.name()
        operator = self.operator()
        if begin.quote == "'" and (operator or self.at_word("is")):
            self.fail(begin, 'found text on the left of a comparison: a name in quotes stands in ` or "')
        if operator:
            return self.comparison(name, *operator)
        if self.accept_word("is"):
            missing = not self.accept_word("not")
            if not self.accept_word("null"):
                self.fail(self.next, f"found {self._what()}: null or not null may follow is")
            return Not(Presence(name)) if missing else Presence(name)
        if name.aggregate or (name.kind and name.kind != "attribute"):
            return Presence(name)
        text = name.bare or begin.text
        if len(text) > LONGEST_PATTERN:
            self.fail(
                name, f"found {shown(text)}: a word or phrase has at most {LONGEST_PATTERN:,} characters"
            )
        return Phrase(text)

    def _what(self) -> str:
        return "the end" if self.at("end") else shown(self.found)

    # Names

    def name(self) -> Name:
        token, after = self.next, self.after
        called = after.start == token.end or token.keyword in AGGREGATES
        if token.kind == "word" and after.kind == "open" and called:
            return self.call()
        return self.plain_name()

    def plain_name(self) -> Name:
        token = self.take()
        if token.kind == "quoted":
            return Name(token.text, token.start, token.end)
        prefixed = split_prefix(token.text)
        if prefixed is None:
            return Name(token.text, token.start, token.end, bare=token.text)
        kind, _, key = prefixed
        end = token.end
        if not key and self.at("quoted") and self.next.start == token.end and self.next.quote != "'":
            quoted = self.take()
            key, end = quoted.text, quoted.end
        elif not key and kind != "attribute":
            self.fail(self.next, f"found {self._what()}: the name of a {kind} may follow {shown(token.text)}")
        return Name(key, token.start, end, kind, bare=self.text[token.start : end])

    def call(self) -> Name:
        function = self.take()
        if function.keyword not in AGGREGATES:
            hint = suggestion(function.text, AGGREGATES) or f"possible are {listing(list(AGGREGATES), 10)}"
            self.fail(function, f"found {shown(function.text)} before '(': {hint}")
        self.take()
        if not self.at("word", "quoted"):
            self.fail(self.next, f"found {self._what()}: the name of a metric may stand here")
        inner = self.plain_name()
        if inner.kind not in (None, "metric"):
            self.fail(
                inner,
                f"found {shown(self.text[inner.start : inner.end])}: only a metric has a {function.keyword}",
            )
        if not self.at("close"):
            self.fail(self.next, f"found {self._what()}: ')' may stand here")
        end = self.take().end
        return Name(
            inner.key, function.start, end, "metric" if inner.kind else None, inner.bare, function.keyword
        )

    # Comparisons

    def operator(self) -> tuple[Operator, Token] | None:
        """The operator that stands next, and where it begins, if one does."""
        token = self.next
        if token.kind == "operator":
            self.take()
            return SYMBOLS[token.text], token
        if token.keyword in _WORD_OPERATORS:
            self.take()
            return cast(Operator, token.keyword), token
        if token.keyword == "not" and self.after.keyword in _WORD_OPERATORS:
            self.take()
            return cast(Operator, f"not {self.take().keyword}"), token
        return None

    def comparison(self, name: Name, operator: Operator, token: Token) -> Comparison:
        end = self.tokens[self.index - 1].end
        values = self.listed() if operator in ("in", "not in") else (self.value(),)
        return Comparison(name, operator, values, token.start, end)

    def listed(self) -> tuple[Value, ...]:
        if not self.accept("open"):
            self.fail(self.next, f"found {self._what()}: a list like (1, 2) may follow in")
        values = [self.value()]
        while self.accept("comma"):
            values.append(self.value())
        if not self.accept("close"):
            self.fail(self.next, f"found {self._what()}: a comma or ')' may follow a value in a list")
        return tuple(values)

    def value(self) -> Value:
        self.values += 1
        if self.values > MOST_VALUES:
            self.fail(self.next, f"found more than {MOST_VALUES:,} values: a filter has at most that many")
        if not self.at("word", "quoted") or self.at_word("and", "or", "not"):
            self.fail(self.next, f"found {self._what()}: a number, a word or quoted text may stand here")
        token = self.take()
        end = token.end
        if token.kind == "word":
            while self.at("word") and literals.continues(self.text[token.start : end], self.next.text):
                end = self.take().end
        text = token.text if end == token.end else self.text[token.start : end]
        return Value(text, token.start, end, token.kind == "quoted")

    # Sort orders

    def order(self) -> Order:
        if not self.at("word", "quoted"):
            self.fail(self.next, f"found {self._what()}: a name may stand here")
        name = self.name()
        descending = not self.accept_word("asc") and self.accept_word("desc")
        return Order(name, descending)


def split_prefix(text: str) -> tuple[Kind, str, str] | None:
    """`tag:team` as its kind, its prefix as written (`tag:`) and its key; None without a known prefix."""
    match = _PREFIXED.fullmatch(text)
    kind = PREFIXES.get(match[1].lower()) if match else None
    return (kind, match[1] + match[2], match[3]) if match and kind else None
