"""LIKE, ILIKE and substring search as patterns of SQLite's GLOB.

GLOB minds the case, which SQLite's LIKE does not, and its character classes express what LIKE cannot: a
letter of any script in either case.
"""

from __future__ import annotations

LONGEST_PATTERN = 1_000  # characters; SQLite takes 50,000 bytes, and a letter in either case takes up to 14


def like(pattern: str, *, ignore_case: bool) -> str:
    """`%` stands for any text, `_` for any one character, every other character for itself."""
    wildcards = {"%": "*", "_": "?"}
    return "".join(wildcards.get(character) or _literal(character, ignore_case) for character in pattern)


def containing(text: str) -> str:
    """Any text that has this one in it, in any case."""
    return f"*{starting(text)}"


def starting(text: str) -> str:
    """Any text that begins with this one, in any case."""
    return "".join(_literal(character, True) for character in text) + "*"


def _literal(character: str, ignore_case: bool) -> str:
    if character in "*?[":
        return f"[{character}]"
    if not ignore_case:
        return character
    forms = {character, *(form for form in (character.lower(), character.upper()) if len(form) == 1)}
    return f"[{''.join(sorted(forms))}]" if len(forms) > 1 else character
