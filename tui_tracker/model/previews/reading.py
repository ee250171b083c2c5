"""From an artifact to a look at it: opened so that nothing is waited for or led out of the run, read as what it is."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO

from logger.store import artifacts
from logger.store.artifacts import Artifact
from logger.store.connection import StoreError
from logger.store.locate import Store
from tui_tracker.model import formats
from tui_tracker.model.previews import arrays, containers, delimited, hexdump, images, pickles, texts
from tui_tracker.model.previews.preview import Preview, UnreadableError

_HEAD = 8192
Look = Callable[[BinaryIO, int], Preview]
_BY_SUFFIX: dict[str, Look] = {
    ".bmp": images.preview, ".ckpt": containers.archive, ".csv": delimited.preview, ".gif": images.preview,
    ".jpeg": images.preview, ".jpg": images.preview, ".npy": arrays.preview, ".npz": arrays.members,
    ".parquet": containers.parquet, ".pickle": pickles.preview, ".pkl": pickles.preview, ".png": images.preview,
    ".pt": containers.archive, ".pth": containers.archive, ".safetensors": containers.safetensors,
    ".tsv": delimited.preview, ".webp": images.preview, ".whl": containers.archive, ".zip": containers.archive,
}  # fmt: skip

# What a file without a telling name begins with.
_BY_BEGINNING: tuple[tuple[bytes, Look], ...] = (
    (b"PK\x03\x04", containers.archive),
    (b"\x93NUMPY", arrays.preview),
    (b"PAR1", containers.parquet),
    (b"\x89PNG", images.preview),
    (b"\xff\xd8\xff", images.preview),
)


def read_preview(store: Store, uid: str, artifact: Artifact) -> Preview:
    """A look at one file. Whatever is wrong with it is said in the preview."""
    if not artifact.is_complete:
        copied = formats.size(artifact.size)
        return Preview(
            "incomplete",
            f"{copied} copied",
            "Its copy was cut short or is still under way: it is whole when it is logged again, or done.",
        )
    try:
        with opened(store, uid, artifact.path) as (file, size):
            return _look(file, artifact.path, size)
    except (StoreError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Preview("unreadable", text=f"It cannot be read: {reason}")


@contextmanager
def opened(store: Store, uid: str, path: str) -> Iterator[tuple[BinaryIO, int]]:
    """A regular file of a run and its size. Raises StoreError for another, and for one outside the run; OSError."""
    place = artifacts.resolve(store, uid, path)
    # Neither a link that was put there since, nor a pipe that nobody writes to.
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise StoreError(f"{path!r} is no regular file any more")
        yield file, status.st_size


def _look(file: BinaryIO, path: str, size: int) -> Preview:
    if not size:
        return Preview("empty", text="It is empty.")
    suffix = PurePosixPath(path).suffix.lower()
    remark = ""
    try:
        if suffix == ".json":
            table = delimited.table_of_json(file, size)
            if table is not None:
                return table
        if suffix in _BY_SUFFIX:
            return _BY_SUFFIX[suffix](file, size)
    except UnreadableError as error:
        remark = str(error)
    except Exception as error:  # of a decoder that met what nobody foresaw: the file is shown as bytes
        remark = f"reading it as {suffix} failed ({type(error).__name__})"
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    known = next((look for mark, look in _BY_BEGINNING if head.startswith(mark)), None)
    if known is not None and not remark:
        try:
            return known(file, size)
        except Exception:  # it only began like one
            file.seek(0)
    if texts.is_text(head) and not remark:
        return texts.preview(file, path, size)
    return hexdump.preview(file, size, remark)
