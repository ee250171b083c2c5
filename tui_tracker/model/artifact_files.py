"""What is done with the files of a run outside the viewer: copied out, opened elsewhere, compared with their hashes."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from logger.copying import Tell, copy, hash_file
from logger.store.artifacts import Artifact, safe_path
from logger.store.connection import StoreError
from logger.store.locate import Store
from tui_tracker.model.previews.reading import opened

# A copy to look at lies in the memory of many systems.
MOST_OPENED = 200_000_000
_UNUSUAL = re.compile(r"[^A-Za-z0-9._-]")
_READ_ONLY = 0o400
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class CopyError(RuntimeError):
    """What was asked for is not done: one sentence that says why."""


def copy_out(
    store: Store, uid: str, files: Sequence[Artifact], top: str, destination: Path, tell: Tell
) -> Path:
    """Copy a file, or all below the folder `top`, to a path that must not exist yet; returns where it is.

    A destination that is a directory is what to copy into. `tell` is called with the bytes that are done. Every file is
    checked against its hash. Raises CopyError, and leaves nothing half copied behind.
    """
    if not files:
        raise CopyError("there is no such file to copy")
    unfinished = [file.path for file in files if not file.is_complete]
    if unfinished:
        raise CopyError(f"{unfinished[0]!r} is incomplete: only a file that is there whole is copied out")
    if destination.is_dir():
        destination = destination / (PurePosixPath(top).name or uid)
    if os.path.lexists(destination):
        raise CopyError(f"{destination} exists already: nothing is overwritten, give another path")
    done = 0
    made: list[Path] = []
    try:
        for file in files:
            below = safe_path(file.path).removeprefix(top).lstrip("/")
            target = destination / below if below else destination
            _make_directories(target.parent, made)
            done += _copy_one(store, uid, file, target, made, lambda count, before=done: tell(before + count))  # type: ignore[misc]
    except (OSError, StoreError, ValueError, CopyError) as error:
        _take_back(made)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CopyError(f"it was not copied: {reason}") from None
    return destination


def _copy_one(store: Store, uid: str, file: Artifact, target: Path, made: list[Path], tell: Tell) -> int:
    with opened(store, uid, file.path) as (source, size):
        descriptor = os.open(target, _NEW_FILE, 0o666)
        made.append(target)
        try:
            copied = copy(source.fileno(), descriptor, size, tell)
        finally:
            os.close(descriptor)
    if copied.sha256 != file.sha256:
        raise CopyError(f"{file.path!r} is not what was logged any more: its hash differs")
    return copied.size


def _make_directories(directory: Path, made: list[Path]) -> None:
    missing = []
    while not directory.exists():
        missing.append(directory)
        directory = directory.parent
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _take_back(made: Sequence[Path]) -> None:
    for path in reversed(made):
        with contextlib.suppress(OSError):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


@contextlib.contextmanager
def private_copy(store: Store, uid: str, file: Artifact) -> Iterator[Path]:
    """A copy of a file that its owner alone may read, and nobody write, while the block runs. Raises CopyError."""
    if file.size > MOST_OPENED:
        raise CopyError("it is too large to be opened in an editor: copy it out instead")
    if not file.is_complete:
        raise CopyError("it is incomplete: there is nothing to open yet")
    with tempfile.TemporaryDirectory(prefix="tracker-") as directory:
        # The suffix stays, by which editors know what it is; a name that could be taken for an option does not.
        path = Path(directory) / (
            _UNUSUAL.sub("_", PurePosixPath(file.path).name).lstrip("-")[-100:] or "file"
        )
        try:
            with opened(store, uid, file.path) as (source, size):
                descriptor = os.open(path, _NEW_FILE, _READ_ONLY)
                try:
                    copy(source.fileno(), descriptor, size)
                finally:
                    os.close(descriptor)
        except (OSError, StoreError) as error:
            raise CopyError(f"it cannot be opened: {error}") from None
        yield path


def verified(store: Store, uid: str, file: Artifact, stopped: Callable[[], bool] = lambda: False) -> str:
    """What is wrong with a file, by its hash; "" where it is what was logged."""
    if not file.is_complete:
        return "incomplete"

    def tell(_done: int) -> None:
        if stopped():
            raise InterruptedError

    try:
        with opened(store, uid, file.path) as (source, size):
            if size != file.size:
                return f"{size:,} bytes, not the {file.size:,} that were logged"
            return (
                ""
                if hash_file(source.fileno(), tell).sha256 == file.sha256
                else "another content than logged"
            )
    except StoreError as error:
        return "missing" if "missing" in str(error) else "cannot be read"
    except OSError as error:
        return "cannot be read" if error.strerror else "not looked at"
