"""Secrets of known shapes do not belong in a record: they are masked in command lines and params."""

from __future__ import annotations

import re
from collections.abc import Sequence

MASK = "***"
# Shorter values under a telling name are settings, not secrets.
_SHORTEST = 6

# Tokens that announce themselves: OpenAI and Anthropic, GitHub, GitLab, Hugging Face, AWS, Slack, Google, W&B's 40 hex
# digits only after a telling name, JSON web tokens, private keys, passwords within URLs.
_TOKENS = re.compile(
    r"sk-[A-Za-z0-9_-]{16,}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}"
    r"|hf_[A-Za-z0-9]{20,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|AIza[A-Za-z0-9_-]{30,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",
    re.DOTALL,
)
_TELLING = r"(?:password|passwd|secret|token|api[-_]?key|access[-_]?key|credentials?)"
_TELLING_NAME = re.compile(rf"(?:^|[-_./]){_TELLING}$", re.IGNORECASE)
_TELLING_ASSIGNMENT = re.compile(rf"((?:^|[-_\s]){_TELLING}=)\S+", re.IGNORECASE)


def mask(text: str) -> str:
    """The text with every secret of a known shape replaced by ***."""
    return _TELLING_ASSIGNMENT.sub(rf"\1{MASK}", _TOKENS.sub(MASK, text))


def mask_value(name: str, value: str) -> str:
    """The value of a param; masked whole where the name says that it is a secret (max_token=512 is none)."""
    return (
        MASK
        if _TELLING_NAME.search(name) and len(value) >= _SHORTEST and not value.isdigit()
        else mask(value)
    )


def mask_arguments(arguments: Sequence[str]) -> list[str]:
    """A command line, with what follows `--password` and its like masked too."""
    masked: list[str] = []
    for place, argument in enumerate(arguments):
        before = arguments[place - 1] if place else ""
        follows = before.startswith("-") and "=" not in before and _TELLING_NAME.search(before)
        masked.append(MASK if follows and not argument.startswith("-") else mask(argument))
    return masked
