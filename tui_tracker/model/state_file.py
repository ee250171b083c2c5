"""What the viewer remembers between sessions: one JSON file a store, outside of it, and one for the viewer itself.

It lies below `$XDG_STATE_HOME/tui-tracker` (`~/.local/state/tui-tracker`), named after the store's path. It holds
sections of values by key; whoever owns a section checks what comes out of it. A file that cannot be read is moved
aside and forgotten.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import threading
from pathlib import Path
from typing import Any

from logger.store.locate import Store

_LARGEST = 4_000_000
_PRIVATE_DIRECTORY = 0o700


def state_directory() -> Path:
    """Where the XDG base directory specification puts what is neither configuration nor cache."""
    configured = os.environ.get("XDG_STATE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".local" / "state"
    return base / "tui-tracker"


class StateFile:
    """One such file. Nothing here raises: what cannot be read or written is told by `problem`."""

    def __init__(self, path: Path, store: str = "") -> None:
        self.path = path
        self.problem = ""
        """one sentence, once something went wrong"""
        self._store = store
        self._lock = threading.Lock()

    @classmethod
    def of(cls, store: Store) -> StateFile:
        place = os.path.realpath(store.directory)
        name = hashlib.sha256(place.encode(errors="surrogateescape")).hexdigest()[:24]
        return cls(state_directory() / f"{name}.json", place)

    @classmethod
    def of_viewer(cls) -> StateFile:
        """What is remembered of the viewer itself, whatever the store."""
        return cls(state_directory() / "viewer.json")

    def section(self, name: str) -> dict[str, Any]:
        """The values of a section by key; empty where there is none."""
        found = self._read().get(name)
        return found if isinstance(found, dict) else {}

    def put(self, section: str, key: str, value: Any) -> None:
        """Remember a value that JSON can hold; None forgets it."""
        with self._lock:
            everything = self._read()
            values = everything.get(section)
            if not isinstance(values, dict):
                values = everything[section] = {}
            if value is None:
                values.pop(key, None)
            else:
                values[key] = value
            if self._store:
                # For people who look into the directory.
                everything["store"] = self._store
            self._write(everything)

    def _read(self) -> dict[str, Any]:
        try:
            with self.path.open("rb") as file:
                text = file.read(_LARGEST + 1)
            found = json.loads(text) if len(text) <= _LARGEST else None
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            self._set_aside(f"{error}")
            return {}
        if not isinstance(found, dict):
            self._set_aside("it does not hold what the viewer writes")
            return {}
        return found

    def _set_aside(self, reason: str) -> None:
        self.problem = f"what was remembered of this store is lost: {self.path} cannot be read ({reason})"
        with contextlib.suppress(OSError):
            self.path.replace(self.path.with_suffix(".broken"))

    def _write(self, everything: dict[str, Any]) -> None:
        """A reader sees the former file or the new one, never a part."""
        try:
            self.path.parent.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=".", suffix=".json")
            temporary = Path(name)
            try:
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    json.dump(everything, file)
                temporary.replace(self.path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        except OSError as error:
            self.problem = f"what is chosen here is not remembered: {self.path}: {error.strerror}"
