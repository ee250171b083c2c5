"""Text to tokens: words, quoted text, operators, parentheses and commas, each knowing its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from logger.store.query.errors import FilterError

TokenKind = Literal["word", "quoted", "operator", "open", "close", "comma", "end"]

LONGEST_FILTER = 500_000  # characters: room for ten thousand run ids

# A word may hold anything that does not end it, so names like val/acc, train.loss or a-b need no quotes.
_TOKEN = re.compile(
    r"""
      (?P<space> \s+ )
    | (?P<operator> == | != | <> | >= | <= | = | > | < )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<comma> , )
    | (?P<quoted> '(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` )
    | (?P<unclosed> ['"`].* )
    | (?P<word> (?: [^\s()'"`,=<>!] | !(?!=) )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
# NUL ends a text for SQLite's pattern matching, and a lone surrogate cannot be stored at all.
_UNSEARCHABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Token:
    """One piece of a filter."""

    kind: TokenKind
    text: str
    """As written; of a quoted one, what the quotes hold (a doubled quote is one quote)."""
    start: int
    end: int
    """The place in the filter: its characters from `start` up to `end`, quotes included."""
    quote: str = ""
    """The quote character of a quoted one."""

    @property
    def keyword(self) -> str:
        """A word in lower case, to compare with words of the language; empty for every other token."""
        return self.text.lower() if self.kind == "word" else ""


def tokenize(text: str) -> list[Token]:
    """All tokens, and one of kind `end` after them. Raises FilterError for what cannot be read or stored."""
    if len(text) > LONGEST_FILTER:
        excess = len(text) - LONGEST_FILTER
        raise FilterError(text, LONGEST_FILTER, excess, f"a filter has at most {LONGEST_FILTER:,} characters")
    if unsearchable := _UNSEARCHABLE.search(text):
        code = ord(unsearchable[0])
        raise FilterError(
            text, unsearchable.start(), 1, f"no text contains the character U+{code:04X}: leave it out"
        )
    tokens = scan(text)
    last = tokens[-2] if len(tokens) > 1 else None
    if last and last.kind == "quoted" and not closed(text, last):
        raise FilterError(
            text,
            last.start,
            1,
            f"the quote {last.quote} is never closed: add another {last.quote} where the text ends",
        )
    return tokens


def scan(text: str) -> list[Token]:
    """The tokens of any text whatever; a quote that is never closed extends to the end."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, found = match.lastgroup, match[0]
        if kind == "quoted":
            quote = found[0]
            tokens.append(Token("quoted", found[1:-1].replace(quote * 2, quote), *match.span(), quote))
        elif kind == "unclosed":
            tokens.append(Token("quoted", found[1:].replace(found[0] * 2, found[0]), *match.span(), found[0]))
        elif kind != "space":
            tokens.append(Token(cast(TokenKind, kind), found, *match.span()))
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def closed(text: str, token: Token) -> bool:
    """Whether quoted text ends with its quote: only the last token of a text may not."""
    match = _TOKEN.match(text, token.start)
    return match is not None and match.lastgroup == "quoted"
