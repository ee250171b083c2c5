"""The history of the registry: one row for each thing that was done, only ever added (triggers see to it).

Models are named as text, so that their history outlives them. A model that was renamed keeps what was done to
it under its earlier names.
"""

from __future__ import annotations

import getpass
import json
import socket
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from logger.store.registry.names import plain

STAGE, ROLL_BACK, RENAME, HOOK, IMPORT = "stage", "roll-back", "rename", "hook", "import"
_COLUMNS = "e.id, e.time, e.user, e.host, e.model, e.version, e.action, e.before, e.after, e.reason, e.detail"
_OF_ALL = f"SELECT {_COLUMNS} FROM registry_events e WHERE ?1 IS NULL AND (?2 IS NULL OR e.version = ?2)"
# The events of a model since it has had its name, and those under earlier names until it was renamed. A renaming is
# told under both names, first under the old one.
_OF_MODEL = f"""
WITH RECURSIVE names(name, until) AS (
    SELECT ?1, 9223372036854775807
    UNION
    SELECT e.before, e.id - 1 FROM names n JOIN registry_events e ON e.model = n.name AND e.id < n.until
    WHERE e.action = 'rename' AND e.after = n.name
)
SELECT {_COLUMNS} FROM names n CROSS JOIN registry_events e ON e.model = n.name AND e.id < n.until
WHERE ?2 IS NULL OR e.version = ?2
"""


@dataclass(frozen=True)
class RegistryEvent:
    """One thing that was done to the registry."""

    id: int
    time: float
    """epoch seconds"""
    user: str
    host: str
    model: str
    version: int | None
    """None where it was done to the model itself"""
    action: str
    """create-model, rename, register, import, stage, roll-back, hook, alias, unalias, describe, tag, untag,
    status or delete"""
    before: str
    after: str
    """a stage, a description, `key=value` of a tag, `champion: v3` of an alias; "" for nothing"""
    reason: str
    detail: str = ""
    """JSON of what belongs to it: the outcomes of gates, a hook's output; "" for nothing"""

    @property
    def details(self) -> Mapping[str, Any]:
        """`detail` read; empty for what is no JSON object."""
        try:
            found = json.loads(self.detail) if self.detail else {}
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def change(self) -> str:
        """What it changed, in a few words: `None → Production`, `champion: v1 → v2`."""
        before, after = self.before, self.after
        if self.action in ("alias", "unalias"):
            # Stores of the first release have `champion -> v1`.
            former, present = (text.replace(" -> ", ": ").rpartition(": ") for text in (before, after))
            alias = present[0] or former[0]
            return f"{alias}: {former[2] or 'nothing'} → {present[2] or 'nothing'}"
        if before and after:
            return f"{before} → {after}"
        return after or (f"{before} → nothing" if before else "")


def history(
    connection: sqlite3.Connection, name: str | None = None, version: int | None = None, *, limit: int = -1
) -> list[RegistryEvent]:
    """What was done to one model, to one of its versions, or to all models: the newest first."""
    chosen = _OF_ALL if name is None else _OF_MODEL
    rows = connection.execute(f"{chosen} ORDER BY e.id DESC LIMIT ?3", (name, version, limit))
    return [RegistryEvent(*row) for row in rows]


def revision(connection: sqlite3.Connection) -> int:
    """The number of the latest event: it grows with every change to the registry."""
    (latest,) = connection.execute("SELECT COALESCE(MAX(id), 0) FROM registry_events").fetchone()
    return int(latest)


def record(
    connection: sqlite3.Connection,
    action: str,
    model: str,
    version: int | None = None,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    user: str | None = None,
) -> float:
    """Add an event, done by `user` (whoever runs this process, by default); returns its time."""
    now = time.time()
    connection.execute(
        "INSERT INTO registry_events (time, user, host, model, version, action, before, after, reason, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            now,
            current_user() if user is None else user,
            socket.gethostname(),
            model,
            version,
            action,
            before,
            after,
            plain(reason),
            json.dumps(detail) if detail else "",
        ),
    )
    return now


def current_user() -> str:
    """The name of whoever runs this process; "" where the system has none for them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
