"""What puts text into the clipboard of the terminal that a person looks at: OSC 52, also through tmux and GNU screen.

tmux takes the sequence for itself where `set-clipboard` is on, and hands it on wrapped where `allow-passthrough` is;
by default it does neither, but loads a buffer, clipboard included, when it is asked to (`load-buffer -w`). screen
hands on what is wrapped, in parts that are short enough for it.
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Mapping

LONGEST = 750_000
"""Bytes; with more, terminals begin to drop the whole."""

_BEGIN, _END = "\x1b]52;c;", "\x07"
_WRAP, _UNWRAP = "\x1bP", "\x1b\\"
# GNU screen cuts longer strings.
_SCREEN_PART = 240
_TMUX_SECONDS = 2.0


def sequence(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The bytes to write for a text, through whatever stands between here and the terminal."""
    plain = f"{_BEGIN}{base64.b64encode(text.encode(errors='replace')).decode()}{_END}"
    if is_in_tmux(environment):
        # Inside of the wrapping every escape is doubled.
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}{_WRAP}tmux;{doubled}{_UNWRAP}"
    if is_in_screen(environment):
        parts = (plain[start : start + _SCREEN_PART] for start in range(0, len(plain), _SCREEN_PART))
        return "".join(f"{_WRAP}{part}{_UNWRAP}" for part in parts)
    return plain


def is_in_tmux(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether tmux is around, here or on the machine that a person came from."""
    return bool(environment.get("TMUX")) or environment.get("TERM", "").startswith("tmux")


def is_in_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether GNU screen is around."""
    inner = environment.get("TERM", "").startswith("screen")
    return bool(environment.get("STY")) or (inner and not is_in_tmux(environment))


def load_tmux_buffer(text: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Ask the tmux around us for its buffer and the terminal's clipboard; whether it took them."""
    if not environment.get("TMUX"):
        return False
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"],
            input=text.encode(errors="replace"),
            capture_output=True,
            timeout=_TMUX_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
