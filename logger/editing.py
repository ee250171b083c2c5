"""Changes that a person makes to runs: in the store itself, or, of a shared one, for every host that has it.

In a shared store each change is a journal of its own, closed as soon as it is written. Hosts file journals in the order
of their birth, so of two changes of one thing the later one counts everywhere.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict

from logger.frames import CLOSED, EVENT
from logger.journal import Journal
from logger.store import edits, runs, stopping
from logger.store.connection import StoreError, writing, writing_here
from logger.store.edits import Change
from logger.store.locate import Store

# What the journals of changes are called by, so that a process that logs finds them among all.
EDIT_PREFIX = "edit-"


def change(store: Store, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Make the changes, all or none; returns those that take them back.

    Raises StoreError when a run is gone, for an empty name, or when the store cannot be written to.
    """
    if not store.is_shared:
        with writing(store) as connection:
            return edits.make(connection, changes)
    with writing_here(store) as connection:
        undone = edits.make(connection, changes)
        uids = runs.uids(connection, [change.run_id for change in changes])
        events = [_event(uids[change.run_id], change) for change in changes]
        # The last thing before the commit: what this host shows, the others get to know.
        _tell_every_host(store, events)
    return undone


def ask_to_stop(store: Store, run_id: int, user: str, signal: str = "") -> None:
    """Ask a run to stop, or note that its processes were sent a signal (TERM, KILL). Raises StoreError."""
    if not store.is_shared:
        with writing(store) as connection:
            stopping.request(connection, run_id, user, signal)
        return
    with writing_here(store) as connection:
        stopping.request(connection, run_id, user, signal)
        uid = runs.uids(connection, [run_id])[run_id]
        _tell_every_host(
            store, [{"event": "stop", "run": uid, "time": time.time(), "user": user, "signal": signal}]
        )


def _event(uid: str, change: Change) -> dict[str, object]:
    values = {
        key: value for key, value in asdict(change).items() if key != "run_id" and value not in (None, {})
    }
    return {"event": "edit", "run": uid, "time": time.time(), "values": values}


def _tell_every_host(store: Store, events: Sequence[dict[str, object]]) -> None:
    journal = Journal(store.journals, EDIT_PREFIX)
    if not journal.create():
        raise StoreError(f"cannot write to {store.journals}: nothing was changed")
    try:
        for event in events:
            journal.append_json(EVENT, event)
        journal.append_json(CLOSED, {"next": None})
        if journal.is_stuck:
            journal.path.unlink(missing_ok=True)
            raise StoreError(f"cannot write to {store.journals}: nothing was changed")
        journal.sync()
    finally:
        journal.close()
