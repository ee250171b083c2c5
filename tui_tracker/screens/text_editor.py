"""The person's own editor, for longer texts: the viewer steps aside until it is closed."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

_FALLBACK = "vi"


class EditorFailed(RuntimeError):
    """The text is as it was: one sentence that says why."""


def editor_command() -> list[str]:
    """What `VISUAL` or `EDITOR` names, with its arguments; else vi."""
    for variable in ("VISUAL", "EDITOR"):
        try:
            command = shlex.split(os.environ.get(variable, ""))
        except ValueError as error:
            raise EditorFailed(f"${variable} cannot be read as a command: {error}") from None
        if command:
            return command
    return [_FALLBACK]


def viewer_command() -> list[str]:
    """What shows a file that is not to be changed: the editor that is set, else `PAGER`, else less."""
    if os.environ.get("VISUAL") or os.environ.get("EDITOR"):
        return editor_command()
    try:
        return shlex.split(os.environ.get("PAGER", "")) or ["less"]
    except ValueError as error:
        raise EditorFailed(f"$PAGER cannot be read as a command: {error}") from None


def shown_elsewhere(app: App[Any], path: Path) -> None:
    """Show a file until the person has seen enough. Raises EditorFailed."""
    command = viewer_command()
    try:
        with app.suspend():
            status = subprocess.run([*command, str(path)], check=False).returncode
    except SuspendNotSupported:
        raise EditorFailed("an editor cannot be opened from here") from None
    except OSError as error:
        raise EditorFailed(f"cannot start {command[0]}: {error.strerror}; set EDITOR to another") from None
    if status:
        raise EditorFailed(f"{command[0]} ended with status {status}")


def edited_elsewhere(app: App[Any], text: str) -> str:
    """The text as the editor leaves it. Raises EditorFailed, also where the terminal cannot be handed over."""
    command = editor_command()
    with tempfile.TemporaryDirectory(prefix="tracker-") as directory:
        # A file of Markdown, so that an editor that knows it wraps and colours the text.
        path = Path(directory) / "note.md"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            with app.suspend():
                status = subprocess.run([*command, str(path)], check=False).returncode
        except SuspendNotSupported:
            raise EditorFailed("an editor cannot be opened from here: write in this field") from None
        except OSError as error:
            raise EditorFailed(
                f"cannot start {command[0]}: {error.strerror}; set EDITOR to another"
            ) from None
        if status:
            raise EditorFailed(f"{command[0]} ended with status {status}: nothing was taken from it")
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
