"""`tracker-tui serve` as a process of its own: a real model, real clients, a registry that changes under it."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from tritonclient import http as triton

from logger import model_path
from logger.store import locate, registry
from logger.store.connection import writing
from tests.serving import MODEL, Trained, train
from tests.waiting import PATIENCE_SECONDS, until
from tui_tracker.text.serve import _listen

PRODUCTION = f"models:/{MODEL}/Production"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Two versions, the first in Production."""
    place = tmp_path_factory.mktemp("iris")
    found = train(locate.for_writing(place / locate.DIRECTORY_NAME), place)
    promote(found, 1)
    return found


def promote(trained: Trained, version: int) -> None:
    with writing(trained.store) as connection:
        registry.transition(connection, MODEL, version, "Production", archive_existing=True, reason="a test")


@dataclass(frozen=True)
class Server:
    """One that listens."""

    address: str
    """host:port"""
    process: subprocess.Popen[str]
    said: Path
    """what it wrote to standard error"""

    def __call__(self, path: str, **given: Any) -> httpx.Response:
        method = "POST" if {"json", "content"} & given.keys() else "GET"
        return httpx.request(method, f"http://{self.address}{path}", timeout=PATIENCE_SECONDS, **given)


@contextmanager
def serving(trained: Trained, *options: str, uri: str = PRODUCTION, **environment: str) -> Iterator[Server]:
    said = trained.store.directory.parent / f"serve-{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "tui_tracker", "--store", str(trained.store.directory), "serve", uri]
    with said.open("w") as log:
        process = subprocess.Popen(
            [*command, "--port", "0", *options],
            stderr=log,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        )
    try:
        until(lambda: re.search(r"at http://\S+:\d+", said.read_text()) or process.poll() is not None)
        found = re.search(r"at http://\S+:(\d+)", said.read_text())
        assert found, said.read_text()
        server = Server(f"127.0.0.1:{found[1]}", process, said)
        until(lambda: answers(server))
        yield server
    finally:
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)


def answers(server: Server) -> bool:
    try:
        return server("/v2/health/ready").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def server(trained: Trained) -> Iterator[Server]:
    with serving(trained) as found:
        yield found


@pytest.mark.parametrize("binary", [True, False])
def test_a_client_that_others_wrote_gets_the_models_own_answers(
    trained: Trained, server: Server, binary: bool
) -> None:
    client = triton.InferenceServerClient(server.address)
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(MODEL, "1")
    metadata = client.get_model_metadata(MODEL)
    assert metadata["inputs"] == [{"name": "X", "datatype": "FP32", "shape": [-1, 4]}]
    asked = triton.InferInput("X", trained.x.shape, "FP32")
    asked.set_data_from_numpy(trained.x, binary_data=binary)
    wanted = [triton.InferRequestedOutput(name, binary_data=binary) for name in ("probabilities", "label")]
    answer = client.infer(MODEL, [asked], outputs=wanted, request_id="seven")
    assert answer.get_response()["model_version"] == "1"
    assert answer.get_response()["id"] == "seven"
    assert np.array_equal(answer.as_numpy("label"), trained.models[1].predict(trained.x))
    assert np.allclose(
        answer.as_numpy("probabilities"), trained.models[1].predict_proba(trained.x), atol=1e-5
    )
    client.close()


@pytest.mark.parametrize("packed", ["gzip", "deflate"])
def test_requests_may_be_compressed(trained: Trained, server: Server, packed: str) -> None:
    client = triton.InferenceServerClient(server.address)
    asked = triton.InferInput("X", trained.x.shape, "FP32")
    asked.set_data_from_numpy(trained.x)
    answer = client.infer(MODEL, [asked], request_compression_algorithm=packed)
    assert np.array_equal(answer.as_numpy("label"), trained.models[1].predict(trained.x))
    client.close()


@pytest.mark.parametrize(
    ("encoding", "content", "status"),
    [
        ("gzip", b"no gzip", 400),
        ("gzip", gzip.compress(b"{}")[:-4], 400),
        ("br", b"{}", 400),
        ("gzip", gzip.compress(b"0" * 100_000_000), 413),
    ],
    ids=["foreign", "cut off", "of an unknown kind", "too long"],
)
def test_what_is_wrongly_compressed_is_refused(
    server: Server, encoding: str, content: bytes, status: int
) -> None:
    answer = server("/invocations", content=content, headers={"content-encoding": encoding})
    assert answer.status_code == status


def test_clients_of_mlflows_server_get_them_too(trained: Trained, server: Server) -> None:
    expected = trained.models[1].predict(trained.x).tolist()
    assert server("/ping").status_code == 200
    rows = [[float(value) for value in row] for row in trained.x]
    columns = ["a", "b", "c", "d"]
    split = server("/invocations", json={"dataframe_split": {"columns": columns, "data": rows}})
    assert [row["label"] for row in split.json()["predictions"]] == expected
    assert split.headers["x-model-version"] == "1"
    inputs = server("/invocations", json={"inputs": rows})
    assert inputs.json()["predictions"]["label"] == expected
    csv = "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)])
    table = server("/invocations", content=csv, headers={"content-type": "text/csv"})
    assert [row["label"] for row in table.json()["predictions"]] == expected


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/v2/models/other", {}, 404),
        (f"/v2/models/{MODEL}/versions/2", {}, 404),
        (f"/v2/models/{MODEL}/infer", {}, 405),
        (f"/v2/models/{MODEL}/infer", {"content": b"{"}, 400),
        (f"/v2/models/{MODEL}/infer", {"content": b"[" * 100_000}, 400),
        ("/invocations", {"json": {"instances": [[1]]}}, 400),
        ("/invocations", {"json": {"instances": [["\x1b[2J"] * 4]}}, 400),
        ("/nowhere", {}, 404),
        ("/v2/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd", {}, 404),
        ("/v2", {"headers": {"host": "evil.example"}}, 421),
    ],
)
def test_a_mistake_has_its_status_and_a_sentence(
    server: Server, path: str, given: dict[str, Any], status: int
) -> None:
    answer = server(path, **given)
    assert answer.status_code == status
    assert "\x1b" not in answer.text and "Traceback" not in answer.text
    if status in (400, 421):
        assert {"error", "message"} & answer.json().keys()


def test_a_promotion_changes_what_answers_and_no_request_fails(trained: Trained) -> None:
    with serving(trained) as server, httpx.Client(base_url=f"http://{server.address}") as client:
        row = {"instances": [[float(value) for value in trained.x[0]]]}
        versions: list[str] = []

        def ask(version: str) -> bool:
            answer = client.post("/invocations", json=row)
            assert answer.status_code == 200, answer.text
            versions.append(answer.headers["x-model-version"])
            odds = trained.models[int(versions[-1])].predict_proba(trained.x[:1])
            assert np.allclose(answer.json()["predictions"]["probabilities"], odds, atol=1e-5)
            return versions[-1] == version

        assert ask("1")
        promote(trained, 2)
        until(lambda: ask("2"))
        promote(trained, 1)
        until(lambda: ask("1"))
        assert [version for version, _ in groupby(versions)] == ["1", "2", "1"]


def test_a_file_that_is_not_what_was_registered_is_not_served(trained: Trained) -> None:
    file = model_path(f"models:/{MODEL}/2", store=trained.store)
    content = file.read_bytes()
    with serving(trained) as server:
        try:
            file.write_bytes(content + b"x")
            promote(trained, 2)

            def metadata() -> dict[str, Any]:
                found: dict[str, Any] = server(f"/v2/models/{MODEL}").json()
                return found

            until(lambda: metadata()["parameters"]["complaint"])
            assert metadata()["versions"] == ["1"]
            assert "has changed" in metadata()["parameters"]["complaint"]
            assert refusal(trained, f"models:/{MODEL}/2").count("\n") == 1
        finally:
            file.write_bytes(content)
            promote(trained, 1)
        until(lambda: not metadata()["parameters"]["complaint"])


def refusal(trained: Trained, uri: str, *options: str, status: int = 1) -> str:
    """What the command says that does not come to serve."""
    command = [sys.executable, "-m", "tui_tracker", "--store", str(trained.store.directory), "serve", uri]
    ended = subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert ended.returncode == status and "Traceback" not in ended.stderr
    return ended.stderr


def test_a_port_that_is_taken_and_a_stage_without_holder_are_told(trained: Trained, server: Server) -> None:
    port = server.address.rpartition(":")[2]
    assert "--port 0" in refusal(trained, PRODUCTION, "--port", port)
    assert "Staging" in refusal(trained, f"models:/{MODEL}/Staging", "--port", "0")
    assert "is not the URI of a model" in refusal(trained, "foo", status=2)


def test_other_machines_need_a_token(trained: Trained) -> None:
    with serving(trained, "--host", "0.0.0.0", TRACKER_SERVE_TOKEN="s3cret") as server:
        assert server("/v2/health/live").status_code == 200
        assert server("/v2").status_code == 401
        assert server("/invocations", json={"instances": [[1] * 4]}).status_code == 401
        assert server("/v2", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert server("/v2", headers={"authorization": "Bearer s3cret"}).status_code == 200
        assert "s3cret" not in server.said.read_text()


def test_a_request_that_is_too_long_is_cut_off(trained: Trained) -> None:
    with serving(trained, "--max-bytes", "1000") as server:
        assert server("/invocations", content=b"x" * 1001).status_code == 413

        def endless() -> Iterator[bytes]:
            for _ in range(100):
                yield b" " * 100

        answer = httpx.post(
            f"http://{server.address}/invocations", content=endless(), timeout=PATIENCE_SECONDS
        )
        assert answer.status_code == 413
        assert json.loads(answer.text)["message"].count("\n") == 0


def test_small_answers_are_sent_at_once() -> None:
    with _listen("127.0.0.1", 0) as listening:
        assert (
            listening.proto == socket.IPPROTO_TCP
        )  # what asyncio looks at before it turns Nagle's algorithm off
