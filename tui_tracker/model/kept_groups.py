"""The groups of a list as they were last summed up: while runs change, only the groups of these are summed up again.

A run that has left its group without a word would leave that one too large: where the groups together do not have as
many runs as the query finds, all are summed up anew.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from logger.store import search
from logger.store.connection import Reader
from logger.store.fields import Field
from logger.store.groups import Group, GroupKey, keys_of, read_groups
from logger.store.search import Query

# Beyond these it is quicker to sum up everything.
_MOST_CHANGED = 1000
_LARGEST_PART = 0.5


class KeptGroups:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed: set[int] = set()
        self._whole = False
        self._asked: object = None
        self._groups: dict[GroupKey, Group] = {}

    def change(self, run_ids: frozenset[int]) -> None:
        """These runs have changed since."""
        with self._lock:
            self._changed |= run_ids

    def forget(self) -> None:
        """Runs may have come or gone: sum up everything."""
        with self._lock:
            self._whole = True

    def read(self, reader: Reader, query: Query, by: Sequence[Field], fields: Sequence[Field]) -> list[Group]:
        """The groups of the query's answer, as `read_groups` has them."""
        asked = query.filter, query.experiments, query.deleted, query.archived, tuple(by), tuple(fields)
        with self._lock:
            changed, self._changed = self._changed, set()
            whole, self._whole = self._whole or asked != self._asked, False
            self._asked = None
        # Interrupted, it leaves nothing that is asked for, so that all is summed up at the next reading.
        if whole or not self._renew(reader, query, by, fields, changed):
            self._groups = {group.key: group for group in read_groups(reader, query, by, fields)}
        self._asked = asked
        return list(self._groups.values())

    def _renew(
        self, reader: Reader, query: Query, by: Sequence[Field], fields: Sequence[Field], changed: set[int]
    ) -> bool:
        """Sum up the groups of these runs; whether that was enough."""
        if len(changed) > _MOST_CHANGED:
            return False
        # Of those that the query finds no longer, too.
        anywhere = Query(deleted=None, archived=None)
        keys = keys_of(reader, anywhere, by, sorted(changed))
        if sum(self._groups[key].runs for key in keys if key in self._groups) > _LARGEST_PART * self._runs:
            return False
        for key in keys:
            self._groups.pop(key, None)
        if keys:
            self._groups |= {group.key: group for group in read_groups(reader, query, by, fields, keys)}
        return self._runs == search.count(reader, query)

    @property
    def _runs(self) -> int:
        return sum(group.runs for group in self._groups.values())
