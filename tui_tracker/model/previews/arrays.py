"""NumPy's files: shape, type, the first values. Not mapped: a file that shrinks under a map ends the process."""

from __future__ import annotations

import ast
import math
import struct
import zipfile
from typing import Any, BinaryIO

from tui_tracker.model import formats
from tui_tracker.model.previews.containers import opened_zip
from tui_tracker.model.previews.preview import Preview, UnreadableError, grid

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000
_ROWS, _COLUMNS = 100, 16
_MOST_MEMBERS = 200
_MOST_BYTES = 16 * 1024 * 1024


def preview(file: BinaryIO, size: int) -> Preview:
    """An array, as a table where it has up to two axes, else its first plane. Raises UnreadableError."""
    import numpy as np

    descr, in_fortran_order, shape = header(file)
    facts = f"shape {_shape(shape)}"
    if "O" in str(descr):
        return Preview("NumPy array", f"{facts} of objects", "Its values are pickled, and are not looked at.")
    try:
        dtype = np.dtype([tuple(field) for field in descr] if isinstance(descr, list) else descr)
    except (TypeError, ValueError, SyntaxError):
        raise UnreadableError(f"its values have a type that is none: {str(descr)[:60]}") from None
    if dtype.hasobject or not dtype.itemsize:
        return Preview("NumPy array", f"{facts} {dtype}", "Its values are not looked at.")
    count = math.prod(shape)
    facts += f" {dtype}, {formats.size(count * dtype.itemsize)}"
    data = file.read(min(count * dtype.itemsize, _MOST_BYTES))
    if len(data) < dtype.itemsize:
        return Preview("NumPy array", facts, "It has no values.")
    values = np.frombuffer(data[: len(data) - len(data) % dtype.itemsize], dtype)
    is_whole = len(values) >= count
    remark = "" if is_whole else "it is shorter than its header says" if size < _MOST_BYTES else ""
    text, shown = _table(values, shape, in_fortran_order, is_whole=is_whole)
    if is_whole and dtype.kind in "iuf" and count:
        finite = values[np.isfinite(values)] if dtype.kind == "f" else values
        if len(finite):
            numbers = (finite.min(), finite.mean(dtype="f8"), finite.max())
            facts += "  min {:.6g}  mean {:.6g}  max {:.6g}".format(*map(float, numbers))
        odd = count - len(finite)
        facts += f"  {odd:,} not finite" if odd else ""
    return Preview("NumPy array", facts, text, remark=", ".join(filter(None, (remark, shown))))


def members(file: BinaryIO, size: int) -> Preview:
    """The arrays of an .npz file, by their headers. Raises UnreadableError."""
    rows: list[tuple[object, ...]] = []
    with opened_zip(file, size) as archive:
        names = archive.infolist()
        for member in names[:_MOST_MEMBERS]:
            name = member.filename.removesuffix(".npy")
            try:
                with archive.open(member) as inner:
                    descr, _, shape = header(inner)
                rows.append(
                    (name, _shape(shape), descr if isinstance(descr, str) else "fields", member.file_size)
                )
            except (
                UnreadableError,
                OSError,
                RuntimeError,
                zipfile.BadZipFile,
                NotImplementedError,
                EOFError,
                ValueError,
            ):
                rows.append((name, "?", "not an array", member.file_size))
    remark = f"showing {_MOST_MEMBERS} of {len(names):,}" if len(names) > _MOST_MEMBERS else ""
    return Preview(
        "NumPy arrays",
        f"{len(names):,} arrays",
        grid(("name", "shape", "type", "bytes"), rows),
        remark=remark,
    )


def header(file: Any) -> tuple[Any, bool, tuple[int, ...]]:
    """The type, the order and the shape that stand at the beginning of an array's file. Raises UnreadableError."""
    start = file.read(len(_MAGIC) + 2)
    if len(start) < len(_MAGIC) + 2 or not start.startswith(_MAGIC):
        raise UnreadableError("it does not begin as an array does")
    width = 2 if start[len(_MAGIC)] == 1 else 4
    raw = file.read(width)
    length = int.from_bytes(raw, "little")
    if len(raw) < width or length > _LONGEST_HEADER:
        raise UnreadableError("its header is too long to be one")
    try:
        # Literals only: nothing is called or evaluated.
        found = ast.literal_eval(file.read(length).decode("latin-1").strip())
        descr, order, shape = found["descr"], bool(found["fortran_order"]), tuple(found["shape"])
    except (ValueError, SyntaxError, TypeError, LookupError, MemoryError, RecursionError, struct.error):
        raise UnreadableError("its header cannot be read") from None
    if not all(isinstance(axis, int) and 0 <= axis < 2**48 for axis in shape) or len(shape) > 64:
        raise UnreadableError("its shape is none")
    return descr, order, shape


def _table(values: Any, shape: tuple[int, ...], in_fortran_order: bool, *, is_whole: bool) -> tuple[str, str]:
    """The values as lines, and what is not among them."""
    import numpy as np

    rows: list[list[object]]
    if values.dtype.names:
        names = list(values.dtype.names)
        rows = [[str(value)[:80] for value in record.tolist()] for record in values[:_ROWS]]
        return grid(names, rows), f"showing {_ROWS} of {len(values):,}" if len(values) > _ROWS else ""
    if is_whole:
        whole = values.reshape(shape, order="F" if in_fortran_order else "C")
        while whole.ndim > 2:
            whole = whole[0] if len(whole) else whole.reshape(0, 0)
    elif len(shape) > 1 and not in_fortran_order and shape[-1]:
        # As many whole rows as were read.
        whole = values[: len(values) // shape[-1] * shape[-1]].reshape(-1, shape[-1])
    else:
        whole = values
    plane = np.atleast_1d(whole)
    if plane.ndim == 1:
        rows = [[place, _plain(value)] for place, value in enumerate(plane[:_ROWS])]
        return grid(("", "value"), rows), f"showing {_ROWS} values" if len(
            plane
        ) > _ROWS or not is_whole else ""
    columns = plane.shape[1]
    rows = [[place, *map(_plain, row[:_COLUMNS])] for place, row in enumerate(plane[:_ROWS])]
    parts = ["the first plane"] if len(shape) > 2 else []
    parts += [f"{min(_ROWS, len(plane))} rows"] if len(plane) > _ROWS or not is_whole else []
    parts += [f"{_COLUMNS} of {columns:,} columns"] if columns > _COLUMNS else []
    heads = ["", *map(str, range(min(columns, _COLUMNS)))]
    return grid(heads, rows), f"showing {', '.join(parts)}" if parts else ""


def _plain(value: Any) -> object:
    plain = value.item() if hasattr(value, "item") else value
    return plain if isinstance(plain, (int, float)) else str(plain)[:80]


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{axis:,}" for axis in shape) or "scalar"
