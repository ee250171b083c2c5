"""Data sets that a run reads: told apart by their content, which is hashed once and remembered.

The hash of a file is its SHA-256. That of a directory is the SHA-256 of a line `<hash>  <path>` for each entry, in
order, as for a model's directory. A link to a file counts as what it leads to; of other links, where they lead counts.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logger.copying import hash_file
from logger.progress import Progress
from logger.store.hash_cache import HashCache, Seen
from logger.store.registry import hash_of

# More threads than these only make the disk seek.
_MOST_THREADS = 8


@dataclass(frozen=True)
class Fingerprint:
    """What a data set is, whatever it is called."""

    size: int
    """bytes"""
    files: int
    sha256: str


@dataclass(frozen=True)
class Described:
    """What somebody else's data set object says of itself."""

    name: str
    path: str
    sha256: str
    """the digest it was given by its library, or nothing"""


def fingerprint(path: Path, cache: HashCache | None = None) -> Fingerprint:
    """The size and hash of a file or a directory as a whole.

    Raises OSError for what is not there or cannot be read, ValueError for what is neither, or a directory that holds
    such a thing (a pipe, a socket, a device), since it has no content that would be the same tomorrow.
    """
    top = path.resolve(strict=True)
    files, links = _listed(top)
    hashes = _hashes(list(files.values()), cache)
    found = {place: hashes[seen.path] for place, (_, seen) in files.items()}
    found |= {
        place: hashlib.sha256(os.fsencode(f"link {leads}")).hexdigest() for place, leads in links.items()
    }
    return Fingerprint(sum(seen.size for _, seen in files.values()), len(files), hash_of(found))


def described(dataset: Any) -> Described:
    """What an object with a `name`, a `source` and a `digest` is, as MLflow's data sets have them.

    Raises TypeError for one that has no name.
    """
    name = getattr(dataset, "name", None)
    if not isinstance(name, str) or not name:
        raise TypeError(
            f"log_input takes a path, or an object with a name, a source and a digest, not {type(dataset).__name__}"
        )
    source = getattr(dataset, "source", "")
    places = (source, *(getattr(source, attribute, None) for attribute in ("uri", "path", "url")))
    path = next((str(place) for place in places if isinstance(place, (str, os.PathLike)) and str(place)), "")
    return Described(name, path.removeprefix("file://"), str(getattr(dataset, "digest", "") or ""))


def _listed(top: Path) -> tuple[dict[str, tuple[Path, Seen]], dict[str, str]]:
    """The files of a data set by their path in it ("" for itself), and where its other links lead."""
    files: dict[str, tuple[Path, Seen]] = {}
    links: dict[str, str] = {}
    if not top.is_dir():
        files[""] = (top, _seen(top))
        return files, links
    for folder, folders, names in os.walk(top, onerror=_raise):
        for name in (*names, *folders):
            path = Path(folder, name)
            place = path.relative_to(top).as_posix()
            if path.is_symlink() and not path.is_file():
                links[place] = str(path.readlink())
            elif not path.is_dir():
                files[place] = (path, _seen(path))
    return files, links


def _seen(path: Path) -> Seen:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"{path} is no regular file: a data set is made of files and directories")
    return Seen.of(path, status)


def _raise(error: OSError) -> None:
    raise error


def _hashes(files: Sequence[tuple[Path, Seen]], cache: HashCache | None) -> dict[str, str]:
    """The hash of each file by its path; those that are not known are read, several at once."""
    seen = [file for _, file in files]
    known = cache.known(seen) if cache is not None else {}
    unknown = [(path, file) for path, file in files if file.path not in known]
    fresh = _read(unknown) if unknown else {}
    if cache is not None:
        cache.remember(
            (file, hashes[file.path]) for hashes in (known, fresh) for file in seen if file.path in hashes
        )
    return {**known, **fresh}


def _read(files: Sequence[tuple[Path, Seen]]) -> dict[str, str]:
    from concurrent.futures import ThreadPoolExecutor

    total = sum(file.size for _, file in files)
    hashes: dict[str, str] = {}
    with Progress("hashing the data", total) as tell:
        counting = _Counting(tell)
        largest_first = sorted(files, key=lambda found: -found[1].size)
        threads = min(_MOST_THREADS, os.cpu_count() or 1, len(files))
        with ThreadPoolExecutor(threads, "tui-tracker hashing") as pool:
            try:
                results = pool.map(lambda found: _hash(found[0], found[1], counting), largest_first)
                for (_, file), sha256 in zip(largest_first, results, strict=True):
                    hashes[file.path] = sha256
            except BaseException:
                counting.stopped = True
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return hashes


def _hash(path: Path, seen: Seen, counting: _Counting) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        sha256 = hash_file(descriptor, counting.of_file()).sha256
        if Seen.of(path, os.fstat(descriptor)) != seen:
            raise OSError(f"{path} was written to while it was read")
        return sha256
    finally:
        os.close(descriptor)


class _Counting:
    """Adds up what several threads have read."""

    def __init__(self, tell: Callable[[int], object]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._done = 0
        self.stopped = False
        """whether nobody waits for the hashes any more"""

    def of_file(self) -> Callable[[int], None]:
        """What is to be called with the bytes of one file that are done."""
        before = 0

        def tell(done: int) -> None:
            nonlocal before
            if self.stopped:
                raise OSError("hashing was given up")
            with self._lock:
                self._done += done - before
                self._tell(self._done)
            before = done

        return tell
