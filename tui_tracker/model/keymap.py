"""Keys of a person's own: which keys give which command, by the commands' ids, and where two of them collide.

    [keys]
    "runs.mark" = "x"                # a key
    runs.compare = "c,ctrl+k"        # several; a name in two parts needs no quotes
    "tree.toggle" = ["t", ","]       # several, one of which is the comma

A command whose keys are said here has these and no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Keymap = Mapping[str, str]
"""Keys by the id of their command, separated by commas and named as Textual names them."""

# What Textual calls the keys that are written by a sign in the file.
_NAMES: Mapping[str, str] = {
    ",": "comma",
    " ": "space",
    "?": "question_mark",
    ":": "colon",
    "/": "slash",
    ".": "full_stop",
    "!": "exclamation_mark",
    "+": "plus",
    "-": "minus",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "{": "left_curly_bracket",
    "}": "right_curly_bracket",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "=": "equals_sign",
    "&": "ampersand",
    "'": "apostrophe",
    '"': "quotation_mark",
    "|": "vertical_line",
    "#": "number_sign",
    "*": "asterisk",
    "%": "percent_sign",
    "@": "at",
    "$": "dollar_sign",
    "^": "circumflex_accent",
    "_": "underscore",
    "~": "tilde",
    "\\": "backslash",
    ";": "semicolon",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "`": "grave_accent",
}


def read(table: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """The keys that a table of the file sets, and one sentence for what is no key, both by the commands' ids."""
    keys: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for command, value in _flat(table):
        written = value.split(",") if isinstance(value, str) and value != "," else value
        names = [written] if isinstance(written, str) else written
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            wrong[command] = f'{command} must be a key, or several as in "x,ctrl+k", not {value!r}'
            continue
        named = [_named(name) for name in names]
        if all(named):
            keys[command] = ",".join(named)
        else:
            wrong[command] = f"{command} must be a key such as x, F or ctrl+k, not {names[named.index('')]!r}"
    return keys, wrong


def _flat(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _named(key: str) -> str:
    """What Textual calls a key; empty where it is none."""
    bare = key if key == " " else key.strip()
    *modifiers, last = bare.split("+") if len(bare) > 1 else [bare]
    sign = _NAMES.get(last, last)
    is_key = sign.isprintable() and all(part.isidentifier() or part.isdigit() for part in (sign, *modifiers))
    return "+".join([*modifiers, sign]) if is_key else ""


def conflicts(keymap: Keymap, screens: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What is wrong with a keymap, one sentence by the id it is about.

    `screens` holds for each screen the keys of the commands that can be given there, by id, as they are by default.
    """
    known = {command for commands in screens.values() for command in commands}
    said = {command: f"there is no command {command!r}; `tracker-tui keys` lists them" for command in keymap}
    said = {command: sentence for command, sentence in said.items() if command not in known}
    for screen, commands in screens.items():
        owners: dict[str, list[str]] = {}
        for command, keys in commands.items():
            for key in keymap.get(command, keys).split(","):
                owners.setdefault(key, []).append(command)
        for key, sharing in owners.items():
            _collide(key, sharing, keymap, screen, said)
    return said


def _collide(key: str, sharing: Sequence[str], keymap: Keymap, screen: str, said: dict[str, str]) -> None:
    for command in sharing:
        if command not in keymap:
            continue
        others = [other for other in sharing if other != command]
        if key and others:
            said.setdefault(command, f"{command} and {others[0]} are both on {key} in {screen}")
