"""Files that hold others: ZIP archives (as PyTorch's checkpoints), safetensors, Parquet. Their tables of contents."""

from __future__ import annotations

import contextlib
import json
import struct
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from tui_tracker.model import formats
from tui_tracker.model.previews.preview import (
    MOST_COLUMNS,
    MOST_ROWS,
    Preview,
    UnreadableError,
    grid,
    left_out,
)

# A directory of an archive is read whole when it is opened.
_LONGEST_DIRECTORY = 8 * 1024 * 1024
_LONGEST_HEADER = 8 * 1024 * 1024
_END = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_COMMENT = 65_535
_LARGEST_GROUP = 64 * 1024 * 1024
# Before this one, opening a Parquet file could run what is in it (CVE-2023-47248).
_SAFE_PYARROW = (14, 0, 1)


@contextlib.contextmanager
def opened_zip(file: BinaryIO, size: int) -> Iterator[zipfile.ZipFile]:
    """An archive to be looked into. Raises UnreadableError for what is none, or has a directory too long to be read."""
    file.seek(max(size - _LONGEST_COMMENT - _END_LENGTH, 0))
    tail = file.read(_LONGEST_COMMENT + _END_LENGTH)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_LENGTH:
        raise UnreadableError("it does not end as a ZIP archive does")
    (length,) = struct.unpack_from("<I", tail, place + 12)
    # Of a very large archive the length stands elsewhere, and is not the size of the directory.
    if length > _LONGEST_DIRECTORY:
        raise UnreadableError("its table of contents is too long to be read for a look")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, OSError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"it cannot be read as a ZIP archive ({error})") from None


def archive(file: BinaryIO, size: int) -> Preview:
    """What is in a ZIP archive. Raises UnreadableError."""
    with opened_zip(file, size) as found:
        members = found.infolist()
    rows = [(member.filename[:200], member.file_size) for member in members[:MOST_ROWS]]
    is_torch = any(member.filename.endswith("data.pkl") for member in members)
    total = sum(member.file_size for member in members)
    return Preview(
        "PyTorch checkpoint" if is_torch else "ZIP archive",
        f"{formats.counted(len(members), 'file')}, {formats.size(total)} unpacked",
        grid(("name", "bytes"), rows),
        remark=". ".join(
            filter(None, ("nothing in it is loaded" if is_torch else "", left_out(len(members), 2)))
        ),
    )


def safetensors(file: BinaryIO, size: int) -> Preview:
    """The tensors that the header of a safetensors file names. Raises UnreadableError."""
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > min(size - 8, _LONGEST_HEADER):
        raise UnreadableError("its header is longer than the file, or too long to be read for a look")
    try:
        found = json.loads(file.read(length))
    except (ValueError, RecursionError):
        raise UnreadableError("its header is no JSON") from None
    if not isinstance(found, dict):
        raise UnreadableError("its header is no table of tensors")
    told = found.pop("__metadata__", None)
    rows = [_tensor(name, entry) for name, entry in list(found.items())[:MOST_ROWS]]
    lines = [grid(("name", "type", "shape", "bytes"), rows)]
    if isinstance(told, dict) and told:
        pairs = [(str(key)[:80], str(value)[:200]) for key, value in list(told.items())[:MOST_ROWS]]
        lines += ["", grid(("metadata", "value"), pairs)]
    return Preview("safetensors", f"{len(found):,} tensors", "\n".join(lines), remark=left_out(len(found), 4))


def _tensor(name: str, entry: Any) -> tuple[object, ...]:
    if not isinstance(entry, dict):
        return (name[:200], "?", "?", "?")
    shape, offsets = entry.get("shape", ()), entry.get("data_offsets", ())
    return (
        name[:200],
        str(entry.get("dtype"))[:20],
        " × ".join(map(_axis, shape[:8])) if _are_integers(shape) else "?",
        offsets[1] - offsets[0] if _are_integers(offsets) and len(offsets) == 2 else "?",
    )


def _are_integers(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(number, int) for number in found[:8])


def _axis(length: int) -> str:
    return f"{length:,}" if abs(length) < 2**63 else "?"


def parquet(file: BinaryIO, size: int) -> Preview:
    """The columns and first rows of a Parquet file; without pyarrow, how to get it. Raises UnreadableError."""
    if file.read(4) != b"PAR1":
        raise UnreadableError("it does not begin as Parquet does")
    try:
        import pyarrow
        from pyarrow import parquet as reader
    except ImportError:
        return Preview("Parquet", formats.size(size), "To see its columns and rows: pip install pyarrow")
    if tuple(int(part) for part in pyarrow.__version__.split(".")[:3] if part.isdigit()) < _SAFE_PYARROW:
        return Preview(
            "Parquet", formats.size(size), "This pyarrow could run what is in a file: pip install -U pyarrow"
        )
    file.seek(0)
    try:
        return _parquet(reader.ParquetFile(file))
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
        raise UnreadableError(f"it cannot be read as Parquet ({str(error)[:120]})") from None


def _parquet(found: Any) -> Preview:
    told = found.metadata
    names = [str(name) for name in found.schema_arrow.names]
    facts = f"{told.num_rows:,} rows × {len(names):,} columns, {told.num_row_groups:,} row groups"
    types = [
        (name[:200], str(field.type)[:80]) for name, field in zip(names, found.schema_arrow, strict=True)
    ]
    if not told.num_row_groups or told.row_group(0).total_byte_size > _LARGEST_GROUP:
        return Preview(
            "Parquet", facts, grid(("column", "type"), types), remark="its rows are too large for a look"
        )
    columns = names[:MOST_COLUMNS]
    batch = next(found.iter_batches(batch_size=MOST_ROWS, row_groups=[0], columns=columns), None)
    rows: list[list[object]] = []
    if batch is not None:
        values = [batch.column(place).to_pylist() for place in range(batch.num_columns)]
        rows = [
            [value if isinstance(value, (int, float)) else str(value)[:80] for value in row]
            for row in zip(*values, strict=True)
        ]
    return Preview("Parquet", facts, grid(columns, rows), remark=left_out(told.num_rows, len(names)))
