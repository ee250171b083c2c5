"""Reading a journal: its frames to batches of events and columns of points, ready to be filed; and to text.

`python -m logger.journal_reader FILE` prints one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct, error
from typing import Any

from logger.frames import (
    CLOSED,
    EVENT,
    FRAME_BYTES,
    HEADER,
    LONGEST_FRAME,
    POINTS,
    SHAPE,
    SHAPE_NUMBER,
    frames,
    json_object,
    runs,
)
from logger.store.columns import Points, unpacked


@dataclass(frozen=True)
class Shape:
    """The names whose values a POINTS frame of this shape holds."""

    run: str
    keys: tuple[str, ...]

    @property
    def size(self) -> int:
        """bytes of the body of such a frame"""
        return SHAPE_NUMBER.size + 8 * (2 + len(self.keys))


@dataclass
class Batch:
    """What some frames say, ready to be filed. A `finish` event is the last one of its batch."""

    events: list[dict[str, Any]] = field(default_factory=list)
    points: dict[str, dict[str, Points]] = field(default_factory=dict)
    """by run uid, then by metric name, in order of arrival"""
    end: int = 0
    """where in the journal the last frame ends"""
    closed: dict[str, Any] | None = None
    """what the CLOSED frame says, once it is reached"""
    written: float = 0.0
    """epoch seconds: when the journal was last written to"""
    is_last: bool = False
    """whether the journal ended there when it was read"""

    def __bool__(self) -> bool:
        return bool(self.events or self.points)


class JournalReader:
    """Reads a journal in batches from an offset on, remembering its shapes."""

    # Read at a time: bounds memory for a journal of any size; a longer frame is read whole all the same.
    SLICE = 4 * 1024 * 1024

    def __init__(
        self, descriptor: int, filed: int = 0, known: tuple[int, Mapping[int, Shape]] = (0, {})
    ) -> None:
        """`descriptor` stays the caller's; the first `filed` bytes are read for their shapes only.

        `known`: the shapes defined in so many of the first bytes, which are then not read again.
        """
        self._descriptor = descriptor
        known_to, shapes = known if known[0] <= filed else (0, {})
        self.shapes: dict[int, Shape] = dict(shapes)
        self.offset = known_to
        """where the last batch ended"""
        self.damaged = False
        """whether bytes were passed over that are no record, before one that is"""
        self.skipping = True
        """whether damage is passed over; else reading stops before it"""
        while self.offset < filed:
            before = self.offset
            self.offset = self.next_batch(upto=filed).end
            if self.offset == before:
                self.offset = filed

    def next_batch(self, upto: int | None = None) -> Batch:
        """The frames after `offset` (and not beyond `upto`), as far as they are whole; empty at the end.

        Does not advance: the caller sets `offset` to the batch's end once it is filed.
        """
        status = os.fstat(self._descriptor)
        available = status.st_size if upto is None else upto
        length = min(self.SLICE, available - self.offset)
        while length > 0:
            batch = self._parse(os.pread(self._descriptor, length, self.offset))
            if batch.end > self.offset:
                batch.written, batch.is_last = status.st_mtime, batch.end == available
                return batch
            if length >= available - self.offset:
                # Nothing at all is no torn record either.
                self.damaged = self.damaged or (self.offset == 0 and upto is None)
                return batch
            if length >= 2 * LONGEST_FRAME:
                # A record that began in the first half would be whole.
                self.damaged = True
                return Batch(end=self.offset + length - LONGEST_FRAME)
            length = min(length * 4, 2 * LONGEST_FRAME, available - self.offset)
        return Batch(end=self.offset)

    def _parse(self, data: bytes) -> Batch:
        batch = Batch(end=self.offset)
        gathered: dict[int, list[bytes]] = {}
        gathered_keys: dict[str, set[str]] = {}
        for end, kind, bodies in runs(data, skipping=self.skipping):
            begin = end - len(bodies) * (len(bodies[0]) + FRAME_BYTES)
            if begin != batch.end - self.offset:
                self.damaged = True
            batch.end = self.offset + end
            if kind == POINTS:
                number = int.from_bytes(bodies[0][:4], "little")
                shape = self.shapes.get(number)
                if shape is None or len(bodies[0]) != shape.size:
                    self.damaged = True
                    continue
                if number not in gathered:
                    keys = gathered_keys.setdefault(shape.run, set())
                    if not keys.isdisjoint(shape.keys):
                        # One name in two shapes: keep its points in their order.
                        self._close(gathered, batch)
                        gathered_keys = {shape.run: set()}
                        keys = gathered_keys[shape.run]
                    keys.update(shape.keys)
                    gathered[number] = []
                gathered[number] += bodies
            elif kind == SHAPE:
                self._define(self._json(bodies[0]))
            elif kind == EVENT:
                event = self._json(bodies[0])
                batch.events.append(event)
                if event.get("event") == "finish":
                    break
            elif kind == CLOSED:
                batch.closed = self._json(bodies[0])
            elif kind != HEADER or begin + self.offset:
                # The checksum does not cover the kind.
                self.damaged = True
        self._close(gathered, batch)
        return batch

    def _json(self, body: bytes) -> dict[str, Any]:
        value = json_object(body)
        if not value:
            self.damaged = True
        return value

    def _define(self, value: dict[str, Any]) -> None:
        number, run, keys = value.get("shape"), value.get("run"), value.get("keys")
        if not (
            isinstance(number, int)
            and isinstance(run, str)
            and isinstance(keys, list)
            and all(isinstance(key, str) for key in keys)
        ):
            self.damaged = True
            return
        self.shapes[number] = Shape(run, tuple(keys))

    def _close(self, gathered: dict[int, list[bytes]], batch: Batch) -> None:
        """Turn gathered bodies into columns, all at once rather than point by point."""
        for number, bodies in gathered.items():
            shape = self.shapes[number]
            words = b"".join([body[SHAPE_NUMBER.size :] for body in bodies])
            integers, doubles = unpacked("q", words), unpacked("d", words)
            width = 2 + len(shape.keys)
            points = batch.points.setdefault(shape.run, {})
            for place, key in enumerate(shape.keys, start=2):
                fresh = Points(integers[::width], integers[1::width], doubles[place::width])
                if key in points:
                    points[key].extend(fresh)
                else:
                    points[key] = fresh
        gathered.clear()


def describe(data: bytes) -> Iterator[str]:
    """One line per frame of a journal, for people."""
    shapes: dict[int, list[str]] = {}
    names = {HEADER: "header", EVENT: "event", SHAPE: "shape", CLOSED: "closed"}
    for end, kind, body in frames(data):
        if kind in names:
            value = json_object(body)
            if kind == SHAPE:
                shapes[value["shape"]] = value["keys"]
            yield f"{end:>10}  {names[kind]:<7} {json.dumps(value)}"
        elif kind == POINTS:
            (number,) = SHAPE_NUMBER.unpack_from(body)
            keys = shapes.get(number, [])
            try:
                _, step, milliseconds, *values = Struct(f"<Iqq{len(keys)}d").unpack(body)
            except error:
                yield f"{end:>10}  points  of an unknown shape {number}"
                continue
            pairs = " ".join(f"{json.dumps(key)}={value!r}" for key, value in zip(keys, values, strict=True))
            yield f"{end:>10}  points  step={step} time={milliseconds / 1000:.3f} {pairs}"


if __name__ == "__main__":
    for line in describe(Path(sys.argv[1]).read_bytes()):
        print(line)
