"""Pictures: a small copy to draw, made with Pillow where it is installed; else how large they are."""

from __future__ import annotations

import struct
import warnings
from typing import Any, BinaryIO

from tui_tracker.model import formats
from tui_tracker.model.previews.preview import Preview, UnreadableError

INSTALL = "To see it here: pip install 'tui-tracker[images]'"
# Formats that are decoded by themselves, without a further program.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
_MOST_PIXELS = 50_000_000
# More than the cells of any terminal.
_LARGEST = (1600, 1600)
_HEAD = 256 * 1024


def preview(file: BinaryIO, size: int) -> Preview:
    """A picture in a common format. Raises UnreadableError for what is none."""
    try:
        from PIL import Image
    except ImportError:
        width, height = dimensions(file.read(_HEAD))
        return Preview("image", f"{width:,} × {height:,} pixels, {formats.size(size)}", INSTALL)
    try:
        with warnings.catch_warnings():
            # Our own limit is lower, and says what is the matter.
            warnings.simplefilter("ignore")
            image = Image.open(file, formats=_FORMATS)
            facts = f"{image.width:,} × {image.height:,} pixels, {image.format}, {image.mode}, {formats.size(size)}"
            if image.width * image.height > _MOST_PIXELS:
                return Preview("image", facts, "It has too many pixels to be drawn here.")
            return Preview("image", facts, picture=_small(image))
    except Image.DecompressionBombError:
        return Preview("image", formats.size(size), "It has far too many pixels to be drawn here.")
    except (
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        struct.error,
        MemoryError,
        EOFError,
        IndexError,
    ) as error:
        raise UnreadableError(f"it cannot be read as a picture ({str(error)[:100]})") from None


def _small(image: Any) -> Any:
    # A JPEG is decoded at about the wanted size at once.
    image.draft("RGB", _LARGEST)
    image.thumbnail(_LARGEST)
    return image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")


def dimensions(head: bytes) -> tuple[int, int]:
    """Width and height as the beginning of a PNG, GIF, BMP or JPEG says. Raises UnreadableError."""
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack_from(">II", head, 16)
        if head.startswith((b"GIF87a", b"GIF89a")):
            return struct.unpack_from("<HH", head, 6)
        if head.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", head, 18)
            return width, abs(height)
        if head.startswith(b"\xff\xd8"):
            return _jpeg(head)
    except (struct.error, IndexError):
        pass
    raise UnreadableError("it does not begin as a picture does")


def _jpeg(head: bytes) -> tuple[int, int]:
    place = 2
    while True:
        marker, length = head[place + 1], int.from_bytes(head[place + 2 : place + 4], "big")
        # The segments that begin a frame, among which three others have numbers.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, place + 5)
            return width, height
        place += 2 + max(length, 2)
