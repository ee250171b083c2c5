"""The version that is served: the one a URI means, loaded whole and checked before it takes over.

A stage's holder or an alias may change at any time. The new version is loaded beside the old one; when it cannot be
(its file is missing or changed, it does not load), the old one goes on answering and the reason is told.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from logger.store import registry
from logger.store.connection import Reader, StoreError
from logger.store.registry.read import ModelVersion
from tui_tracker.model.source import Source
from tui_tracker.serving.batching import Batcher
from tui_tracker.serving.models import LoadError, LoadOptions, Servable, load

LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Loaded:
    """A version that answers."""

    version: ModelVersion
    servable: Servable
    batcher: Batcher
    since: float
    """epoch seconds"""


class Served:
    """What a URI means at the moment. Used by the event loop's thread; loading happens in threads of its own."""

    def __init__(
        self, source: Source, uri: str, options: LoadOptions, *, most_rows: int, tell: Callable[[str], None]
    ) -> None:
        self._source = source
        self._uri = uri
        self._options = options
        self._most_rows = most_rows
        self._tell = tell
        self._computing = ThreadPoolExecutor(1, thread_name_prefix="tui-tracker model")
        self._seen = -1
        self._refused: tuple[str, int, str] | None = None
        self._complaint = ""
        self.current = self._load(source.read(self._resolve))

    @property
    def complaint(self) -> str:
        """Why what is served is not what the URI means; empty when it is."""
        return self._complaint

    async def follow(self) -> None:
        """Keep up with the registry, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                found = await asyncio.to_thread(self._look)
            except StoreError as error:
                self._complain(str(error))
                continue
            if found is not None:
                self.current = found
                self._tell(f"serving {label(found.version)}")

    def close(self) -> None:
        self._computing.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> Loaded | None:
        """A version to change to, loaded; None where all is as it was. Raises StoreError."""
        seen = self._source.version()
        if seen == self._seen:
            return None
        version = self._source.read(self._resolve)
        self._seen = seen
        now = self.current.version
        if (version.model, version.version, version.sha256) == (now.model, now.version, now.sha256):
            self._complaint, self._refused = "", None
            return None
        key = (version.model, version.version, version.sha256)
        if key == self._refused:
            return None
        try:
            loaded = self._load(version)
        except StoreError:
            self._refused = key
            raise
        self._complaint, self._refused = "", None
        return loaded

    def _resolve(self, reader: Reader) -> ModelVersion:
        found = registry.resolve(reader, self._uri)
        if not isinstance(found, ModelVersion):
            raise LoadError(f"{self._uri} is no registered model: serve models:/NAME/Production, say")
        return found

    def _load(self, version: ModelVersion) -> Loaded:
        path = self._source.read(lambda reader: registry.verified_path(reader, self._source.store, version))
        servable = load(path, self._options)
        return Loaded(version, servable, Batcher(servable, self._computing, self._most_rows), time.time())

    def _complain(self, reason: str) -> None:
        if reason != self._complaint:
            self._complaint = reason
            self._tell(f"still serving {label(self.current.version)}: {reason}")


def label(version: ModelVersion) -> str:
    """churn-clf v3 (Production)"""
    return f"{version.model} v{version.version}" + (f" ({version.stage})" if version.stage != "None" else "")
