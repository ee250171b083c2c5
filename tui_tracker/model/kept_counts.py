"""How many runs queries find, counted once until something changes."""

from __future__ import annotations

from dataclasses import replace

from logger.store import search
from logger.store.connection import Reader
from logger.store.search import Query


class KeptCounts:
    """Asked in the thread of a question, forgotten by whoever hears of changes."""

    def __init__(self) -> None:
        self._found: dict[Query, int] = {}

    def forget(self) -> None:
        # A question that is under way goes on with the former counts and leaves no trace in these.
        self._found = {}

    def read(self, reader: Reader, query: Query) -> int:
        found, asked = self._found, replace(query, order=())
        if asked not in found:
            found[asked] = search.count(reader, asked)
        return found[asked]
