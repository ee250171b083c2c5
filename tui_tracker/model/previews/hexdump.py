"""The first bytes of a file, as hexadecimal and as characters."""

from __future__ import annotations

from typing import BinaryIO

from tui_tracker.model import formats
from tui_tracker.model.previews.preview import Preview

_SHOWN = 2048
_WIDTH = 16
# How formats of data begin.
_SIGNATURES = (
    (b"\x7fELF", "an ELF program or library"),
    (b"%PDF", "a PDF document"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"ARROW1", "Arrow"),
    (b"GGUF", "GGUF weights"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x80", "perhaps a pickle"),
)


def preview(file: BinaryIO, size: int, remark: str = "") -> Preview:
    """The beginning of any file."""
    file.seek(0)
    head = file.read(_SHOWN)
    kind = next((name for mark, name in _SIGNATURES if head.startswith(mark)), "bytes")
    more = f"showing {formats.count(_SHOWN)} of {formats.count(size)} bytes" if size > _SHOWN else ""
    return Preview(kind, text=dump(head), remark=". ".join(filter(None, (remark, more))))


def dump(data: bytes) -> str:
    """Lines of an offset, 16 bytes and what they are in ASCII."""
    lines = []
    for start in range(0, len(data), _WIDTH):
        row = data[start : start + _WIDTH]
        codes = " ".join(f"{byte:02x}" for byte in row)
        signs = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{start:08x}  {codes:<{_WIDTH * 3 - 1}}  {signs}")
    return "\n".join(lines)
