"""Fields and values as a filter writes them: the way back from a choice on the screen to text."""

from __future__ import annotations

from logger.store.fields import Field, Names
from logger.store.query.lexer import scan
from logger.store.query.literals import number
from logger.store.query.parser import split_prefix

KEYWORDS = frozenset({"and", "or", "not", "like", "ilike", "in", "is", "null"})


def spell(field: Field, names: Names) -> str:
    """The shortest text that stands for a field: `val/acc`, `` `a b` ``, `min(val/loss)`, `param:name`."""
    key = field.key if _is_word(field.key) and split_prefix(field.key) is None else quote(field.key, "`")
    resolved = names.resolve(field.key)
    if field.kind == "metric" and field.aggregate != "last":
        return f"{field.aggregate}({key if field.key in names.metrics else 'metric:' + key})"
    if resolved is not None and (resolved.kind, resolved.key) == (field.kind, field.key):
        return key
    return f"{field.kind}:{field.key if _is_word(field.key) else quote(field.key, '`')}"


def spell_value(value: str) -> str:
    """A value that compares equal to this text: quoted, unless it is a number or a plain word."""
    return value if number(value) is not None or _is_word(value) else quote(value)


def quote(text: str, mark: str = "'") -> str:
    """Text in quotes, its own quotes doubled."""
    return mark + text.replace(mark, mark * 2) + mark


def _is_word(text: str) -> bool:
    tokens = scan(text)
    return (
        len(tokens) == 2
        and tokens[0].kind == "word"
        and tokens[0].text == text
        and text.lower() not in KEYWORDS
    )
