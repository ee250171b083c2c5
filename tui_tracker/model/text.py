"""The one boundary at which text from a store becomes text for a screen.

Whatever a script logged may be hostile: escape sequences, direction overrides, invisible characters, megabytes. `clean`
makes it one harmless line of bounded length; `clean_lines` does so for text of several lines. What they return is never
parsed as markup either: widgets wrap it in plain `Text` or `Content`.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4096
MARK = "\N{REPLACEMENT CHARACTER}"
# Marks that combine are kept up to this many in a row: enough for any script, too few to smear over the screen.
_COMBINING = 4

# Control characters; zero-width and bidirectional controls; line and paragraph separators; the byte order mark;
# surrogates; interlinear, tag and variation-supplement characters.
_HARMFUL = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_HARMFUL_CHARACTER = re.compile(f"[{_HARMFUL}]")
_ONLY_SAFE = re.compile(r"[ -~]*")


def clean(text: str, longest: int = LONGEST) -> str:
    """One line of at most `longest` characters in which every harmful character is a visible mark."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if _ONLY_SAFE.fullmatch(text):
        return text
    return _limit_combining(masked(text))


def masked(text: str) -> str:
    """Equally many characters, of which every harmful one is a visible mark: for text that is being edited."""
    return _HARMFUL_CHARACTER.sub(MARK, text)


def clean_lines(text: str, longest: int = LONGEST) -> str:
    """As `clean`, but line breaks stay line breaks and tabs become spaces."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return "\n".join(clean(line.replace("\t", "    "), longest * 2) for line in re.split(r"\r\n|\r|\n", text))


def _limit_combining(text: str) -> str:
    kept = []
    row = 0
    for character in text:
        row = row + 1 if unicodedata.combining(character) else 0
        if row <= _COMBINING:
            kept.append(character)
    return "".join(kept)
