"""Telling a person who may be looking elsewhere: by the terminal's bell or notification, and by a command of theirs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from logger.store.alerts import Alert
from logger.store.locate import Store
from tui_tracker.model.text import clean

BELL = "\a"
_LONGEST = 200
_SECONDS = 30.0


def sentence(alert: Alert) -> str:
    """An alert in a line, harmless."""
    said = f"{alert.run_name}: {alert.title}"
    return clean(f"{said}, {alert.text}" if alert.text else said, _LONGEST)


def sequence(means: str, text: str, environment: Mapping[str, str] = os.environ) -> str:
    """What makes a terminal notify by some means (a name of `settings.NOTIFICATIONS`); `text` is harmless.

    OSC 9 is iTerm2's, and understood by kitty, WezTerm, Ghostty and Windows Terminal; OSC 777 is rxvt's, and foot's.
    tmux hands on what is wrapped for it, where its option allow-passthrough is on.
    """
    if means == "bell":
        return BELL
    if means == "osc9":
        # A number in the first place would be another command: 9;4 sets a progress bar.
        told = f"\x1b]9;{f'run {text}' if text[:1].isdigit() else text}{BELL}"
    elif means == "osc777":
        told = f"\x1b]777;notify;tracker-tui;{text.replace(';', ',')}{BELL}"
    else:
        return ""
    if environment.get("TMUX"):
        return "\x1bPtmux;" + told.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return told


def run_command(command: Sequence[str], alert: Alert, store: Store) -> str:
    """Run a person's command for an alert and wait for it; returns what went wrong, empty where nothing did.

    The alert reaches it through the environment only, with what is harmful in it made visible.
    """
    told = {
        "TITLE": clean(alert.title),
        "TEXT": clean(alert.text),
        "LEVEL": clean(alert.level),
        "RUN": clean(alert.run_name),
        "RUN_ID": alert.run_uid,
        "STORE": str(store.directory),
    }
    try:
        done = subprocess.run(
            [str(Path(command[0]).expanduser()), *command[1:]],
            env={**os.environ, **{f"TRACKER_ALERT_{name}": value for name, value in told.items()}},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_SECONDS,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return f"the alert command took longer than {_SECONDS:.0f} s"
    except (OSError, ValueError) as error:
        return f"the alert command cannot be run: {error}"
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"the alert command failed ({done.returncode}): {said[-1] if said else 'it said nothing'}"
    return ""
