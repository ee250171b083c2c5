"""Fields and values as a filter writes them: the way back from a choice on the screen to text."""

from __future__ import annotations

from logger.store.fields import Field, Names
from logger.store.query.lexer import scan
from logger.store.query.literals import number
from logger.store.query.parser import split_prefix

_KEYWORDS = frozenset({"and", "or", "not", "like", "ilike", "in", "is", "null"})


def spell(field: Field, names: Names) -> str:
    """The shortest text that stands for a field: `val/acc`, `` `a b` ``, `min(val/loss)`, `param:name`."""
    known = names.resolve(field.key)
    if field.kind == "metric" and field.aggregate != "last":
        key = _bare(field.key) if field.key in names.metrics else f"metric:{spell_key(field.key)}"
        return f"{field.aggregate}({key})"
    if known and (known.kind, known.key) == (field.kind, field.key):
        return _bare(field.key)
    return f"{field.kind}:{spell_key(field.key)}"


def spell_key(key: str) -> str:
    """A name as it stands after a prefix: in backticks where it needs quotes."""
    return key if _is_word(key) else quote(key, "`")


def spell_value(value: str) -> str:
    """A value that this text equals: in quotes unless it is a number or a word."""
    return value if number(value) is not None or _is_word(value) else quote(value)


def quote(text: str, mark: str = "'") -> str:
    """Text in quotes, its own quotes doubled."""
    return mark + text.replace(mark, mark * 2) + mark


def _bare(key: str) -> str:
    """A name without a prefix: in backticks also where it looks as if it had one."""
    return quote(key, "`") if split_prefix(key) else spell_key(key)


def _is_word(text: str) -> bool:
    """Whether this is one word to the language, and none of its own."""
    first, *rest = scan(text)
    return first.kind == "word" and first.text == text and len(rest) == 1 and first.keyword not in _KEYWORDS
