"""Serving a classifier: requests a second and the slowest, against ONNX Runtime called in a loop for the same rows.

The clients are bare sockets in one process of their own, so that what is measured is the server. Everything shares this
machine's cores.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from logger import model_path
from logger.store import locate
from tests.benchmarks.measuring import Result, scratch

_SECONDS = 2.0
_CLIENTS = (1, 16, 64)


def serving() -> Iterator[Result]:
    """One row a request, over connections that stay open."""
    try:
        from tests.serving import MODEL, train
    except ImportError as missing:
        print(f"serving: skipped, {missing.name} is not installed")
        return
    with scratch() as place:
        trained = train(locate.for_writing(place / locate.DIRECTORY_NAME), place, versions=1)
        uri = f"models:/{MODEL}/1"
        bare = _bare(model_path(uri, store=trained.store), trained.x[:1])
        row = [float(value) for value in trained.x[0]]
        tensor = {"name": "X", "shape": [1, 4], "datatype": "FP32", "data": row}
        with _server(trained.store.directory, uri) as port:
            for clients in _CLIENTS:
                waits = asyncio.run(_load(port, f"/v2/models/{MODEL}/infer", {"inputs": [tensor]}, clients))
                waits.sort()
                label = f"serving one row, {clients} clients at once"
                yield Result(label, len(waits) / _SECONDS, "/s", bare)
                yield Result(f"{label}: median", statistics.median(waits) * 1e6, "us", 1e6 / bare)
                yield Result(
                    f"{label}: 99th percentile", waits[int(len(waits) * 0.99)] * 1e6, "us", 1e6 / bare
                )


def _bare(file: Path, row: object) -> float:
    """Calls a second of ONNX Runtime itself."""
    from tui_tracker.serving.onnx import OnnxModel

    model = OnnxModel(file)
    calls, started = 0, time.perf_counter()
    while time.perf_counter() - started < _SECONDS / 2:
        model.run({"X": row})  # type: ignore[dict-item]
        calls += 1
    return calls / (time.perf_counter() - started)


@contextmanager
def _server(store: Path, uri: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tui_tracker", "--store", str(store), "serve", uri, "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        found = None
        while found is None and (line := process.stderr.readline()):
            found = re.search(r"at http://\S+:(\d+)", line)
        assert found, "the server did not start"
        try:
            yield int(found[1])
        finally:
            process.terminate()


async def _load(port: int, path: str, content: object, clients: int) -> list[float]:
    """How long each request of so many clients took, in seconds."""
    body = json.dumps(content).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    request = head.encode() + body
    end = time.perf_counter() + _SECONDS
    waits: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (started := time.perf_counter()) < end:
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = re.search(rb"content-length: (\d+)", answer)
            assert length
            await reader.readexactly(int(length[1]))
            waits.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return waits
