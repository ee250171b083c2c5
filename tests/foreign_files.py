"""Files as other trackers write them, made here so that none of them need be installed."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

_BLOCK = 32 * 1024


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(*fields: tuple[int, int | float | bytes | str]) -> bytes:
    """A message of Protocol Buffers; floats are doubles."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        elif isinstance(value, float):
            out += varint(number << 3 | 1) + struct.pack("<d", value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def single(number: int, value: float) -> bytes:
    """A field that is a 32-bit float."""
    return varint(number << 3 | 5) + struct.pack("<f", value)


def tf_records(records: Iterable[bytes]) -> bytes:
    return b"".join(struct.pack("<Q", len(data)) + bytes(4) + data + bytes(4) for data in records)


def scalar_event(tag: str, value: float, step: int, time: float) -> bytes:
    """An Event as TensorFlow 1 and PyTorch write it."""
    told = message((1, tag)) + single(2, value)
    return message((1, time), (2, step), (5, message((1, told))))


def tensor_event(tag: str, value: float, step: int, time: float) -> bytes:
    """An Event as TensorFlow 2 writes it."""
    tensor = message((1, 1), (4, struct.pack("<f", value)))
    return message((1, time), (2, step), (5, message((1, message((1, tag), (8, tensor))))))


def hparams_event(params: Mapping[str, float | str | bool], time: float) -> bytes:
    pairs = [
        message(
            (1, key),
            (2, message((4 if isinstance(value, bool) else 3 if isinstance(value, str) else 2, value))),
        )
        for key, value in params.items()
    ]
    content = message((3, message(*((1, pair) for pair in pairs))))
    metadata = message((1, message((1, "hparams"), (2, content))))
    value = message((1, "_hparams_/session_start_info"), (9, metadata))
    return message((1, time), (5, message((1, value))))


def leveldb_log(magic: bytes, records: Iterable[bytes]) -> bytes:
    """A log of LevelDB's after a header of seven bytes."""
    out = bytearray(magic.ljust(7, b"\0"))
    for record in records:
        rest, kind = record, 0
        while True:
            left = _BLOCK - len(out) % _BLOCK
            if left < 7:
                out += bytes(left)
                continue
            part, rest = rest[: left - 7], rest[left - 7 :]
            kind = (1 if not rest else 2) if kind == 0 else (4 if not rest else 3)
            out += struct.pack("<IHB", 0, len(part), kind) + part
            if not rest:
                break
    return bytes(out)


def wandb_item(key: str, value: object) -> bytes:
    return message((2, key), (16, json.dumps(value)))


def wandb_run(
    records: Sequence[bytes], run_id: str = "abc123", project: str = "churn", name: str = "first"
) -> bytes:
    """The file of a run: its RunRecord, then these records."""
    config = message(
        *((1, wandb_item(key, value)) for key, value in {"lr": 0.1, "opt": {"name": "adam"}}.items())
    )
    run = message(
        (1, run_id),
        (3, project),
        (4, config),
        (8, name),
        (9, "a note"),
        (10, "good"),
        (13, "box"),
        (17, message((1, 1_700_000_000))),
    )
    return leveldb_log(b":W&B\xe1\xbe\0", [message((17, run)), *records])


def wandb_history(step: int, values: Mapping[str, object], time: float = 1_700_000_000.0) -> bytes:
    items = [(1, wandb_item(key, value)) for key, value in {**values, "_timestamp": time}.items()]
    return message((2, message(*items, (2, message((1, step))))))


def wandb_exit(code: int) -> bytes:
    return message((18, message((1, code))))


# Of MLflow 3.17, what is read of it.
_MLFLOW = """
CREATE TABLE alembic_version (version_num);
CREATE TABLE experiments (experiment_id INTEGER, name TEXT, lifecycle_stage TEXT);
CREATE TABLE runs (run_uuid TEXT, name TEXT, user_id TEXT, status TEXT, start_time BIGINT, end_time BIGINT,
    lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER);
CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN);
CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
CREATE TABLE registered_models (name TEXT, description TEXT);
CREATE TABLE model_versions (name TEXT, version INTEGER, description TEXT, user_id TEXT, current_stage TEXT,
    source TEXT, run_id TEXT);
CREATE TABLE registered_model_aliases (alias TEXT, version INTEGER, name TEXT);
CREATE TABLE registered_model_tags (key TEXT, value TEXT, name TEXT);
CREATE TABLE model_version_tags (key TEXT, value TEXT, name TEXT, version INTEGER);
"""


def mlflow_database(path: Path, statements: Iterable[tuple[str, Sequence[object]]]) -> Path:
    """A database of MLflow's with these rows: a table's name and the values of a row."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_MLFLOW)
        for table, row in statements:
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    return path
