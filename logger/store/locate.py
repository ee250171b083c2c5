"""Which store: an argument, the environment, the nearest `.tracker/` above, else a new one.

Only `for_writing` creates anything.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from logger.store import filesystem

DIRECTORY_NAME = ".tracker"
DATABASE_NAME = "tracker.db"
ENVIRONMENT_VARIABLE = "TRACKER_STORE"
PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True)
class Store:
    """The paths of one store. Nothing is opened, nothing need exist."""

    directory: Path

    @property
    def is_shared(self) -> bool:
        """Whether it lies on a network filesystem.

        Journals and artifacts are there all the same; each host files the journals into a database of its own.
        """
        return filesystem.is_network(self.directory)

    @property
    def private(self) -> Path:
        """The directory that only this host writes to: the store's own, or one in the user's cache if it is shared."""
        return filesystem.private_directory(self.directory) if self.is_shared else self.directory

    @property
    def database(self) -> Path:
        return self.private / DATABASE_NAME

    @property
    def journals(self) -> Path:
        """Where each writing process keeps its journal."""
        return self.directory / "journal"

    @property
    def artifacts(self) -> Path:
        """Files of runs, in one directory per run uid."""
        return self.directory / "artifacts"

    def console(self, uid: str) -> Path:
        """What a run printed; the files are described in `logger.console.record`."""
        return self.directory / "console" / uid

    @property
    def lease(self) -> Path:
        """The file whose lock makes one process at a time the writer of the database."""
        return self.private / "lease"

    @property
    def remark(self) -> str:
        """What a person must know of a shared store, in a few words; "" of one on a local disk."""
        if not self.is_shared:
            return ""
        kind = filesystem.kind(self.directory)
        named = f" ({kind})" if kind and not filesystem.override() else ""
        return f"on a network filesystem{named}: models cannot be registered or promoted"

    def exists(self) -> bool:
        """Whether anything has been recorded here (a journal counts, before its first filing)."""
        return (self.directory / DATABASE_NAME).is_file() or self.journals.is_dir()


def at(path: str | os.PathLike[str]) -> Store:
    """The store that a person means by `path`: its directory, its database, or the project that holds it."""
    given = Path(path).expanduser().absolute()
    if given.name == DATABASE_NAME or given.is_file():
        return Store(given.parent)
    inner = given / DIRECTORY_NAME
    if given.name != DIRECTORY_NAME and inner.is_dir() and not (given / DATABASE_NAME).exists():
        return Store(inner)
    return Store(given)


def find(path: str | os.PathLike[str] | None = None, start: Path | None = None) -> Store | None:
    """The existing store for `path`, the environment, or the nearest one at or above `start`; None if there is none."""
    named = path or os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        store = at(named)
        return store if store.exists() else None
    for directory in _upwards(start or Path.cwd()):
        store = Store(directory / DIRECTORY_NAME)
        if store.exists():
            return store
    return None


def choose(path: str | os.PathLike[str] | None = None) -> Store:
    """The store to log into: `path`, the environment's, the nearest above, else a new one here. It need not exist."""
    named = path or os.environ.get(ENVIRONMENT_VARIABLE)
    return at(named) if named else find() or Store(Path.cwd() / DIRECTORY_NAME)


def for_writing(path: str | os.PathLike[str] | None = None) -> Store:
    """The store that `choose` names, its directories made (mode 0700). Raises OSError."""
    store = choose(path)
    store.directory.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    store.journals.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
    return store


def make_private(directory: Path, top: Path) -> None:
    """Make `top` and all directories from it down to one (mode 0700); `mkdir` leaves those between to the umask."""
    for place in reversed([directory, *directory.parents]):
        if place.is_relative_to(top):
            place.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)


def _upwards(start: Path) -> list[Path]:
    resolved = start.absolute()
    return [resolved, *resolved.parents]
