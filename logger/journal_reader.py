"""Reading a journal: its frames to batches of events and columns of points, ready to be filed; and to text.

`python -m logger.journal_reader FILE` prints one.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
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
)
from logger.store.columns import Points


@dataclass(frozen=True)
class Shape:
    """The names whose values a POINTS frame of this shape holds."""

    run: str
    keys: tuple[str, ...]
    struct: Struct


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
        available = os.fstat(self._descriptor).st_size if upto is None else upto
        length = min(self.SLICE, available - self.offset)
        while length > 0:
            batch = self._parse(os.pread(self._descriptor, length, self.offset))
            if batch.end > self.offset:
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
        for end, kind, body in frames(data, skipping=self.skipping):
            if end - len(body) - FRAME_BYTES != batch.end - self.offset:
                self.damaged = True
            batch.end = self.offset + end
            if kind == POINTS:
                number = int.from_bytes(body[:4], "little")
                bodies = gathered.get(number)
                if bodies is None:
                    shape = self.shapes.get(number)
                    if shape is None:
                        self.damaged = True
                        continue
                    keys = gathered_keys.setdefault(shape.run, set())
                    if not keys.isdisjoint(shape.keys):
                        # One name in two shapes: keep its points in their order.
                        self._close(gathered, batch)
                        gathered_keys = {shape.run: set()}
                        keys = gathered_keys[shape.run]
                    keys.update(shape.keys)
                    bodies = gathered[number] = []
                bodies.append(body)
            elif kind == SHAPE:
                self._define(self._json(body))
            elif kind == EVENT:
                event = self._json(body)
                batch.events.append(event)
                if event.get("event") == "finish":
                    break
            elif kind == CLOSED:
                batch.closed = self._json(body)
            elif kind != HEADER or end - len(body) - FRAME_BYTES + self.offset:
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
        self.shapes[number] = Shape(run, tuple(keys), Struct(f"<4xqq{len(keys)}d"))

    def _close(self, gathered: dict[int, list[bytes]], batch: Batch) -> None:
        """Turn gathered bodies into columns, all at once rather than point by point."""
        for number, bodies in gathered.items():
            shape = self.shapes[number]
            size = shape.struct.size
            if any(len(body) != size for body in bodies):
                self.damaged = True
                bodies = [body for body in bodies if len(body) == size]  # noqa: PLW2901
                if not bodies:
                    continue
            steps, times, *values = zip(*shape.struct.iter_unpack(b"".join(bodies)), strict=True)
            points = batch.points.setdefault(shape.run, {})
            for key, column in zip(shape.keys, values, strict=True):
                fresh = Points(array("q", steps), array("q", times), array("d", column))
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
