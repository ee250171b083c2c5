"""Pictures of screens as snapshots of syrupy's: one readable file each, and differences told by cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.screens.pictures import Picture, differences


class PictureExtension(SingleFileSnapshotExtension):
    """Keeps a `Picture`, encoded."""

    _file_extension = "txt"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: Any, **_: Any) -> str:
        assert isinstance(data, Picture)
        return data.encode()

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        if snapshot_data:
            yield from differences(Picture.decode(snapshot_data), Picture.decode(serialized_data))
