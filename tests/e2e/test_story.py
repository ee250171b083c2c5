"""From training to serving and back, as a person does it: the app promotes and rolls back, a server follows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.e2e.terminal import ENTER, clean_environment, terminal
from tests.waiting import PATIENCE_SECONDS, until
from tui_tracker.demo.train import load

pytest.importorskip("onnxruntime")

VIEWER = (sys.executable, "-m", "tui_tracker.cli")
MODEL = "digits-clf"


def command(directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*VIEWER, *arguments],
        cwd=directory,
        env=clean_environment(directory),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@contextmanager
def server(directory: Path) -> Iterator[Callable[[], tuple[str, list[int]]]]:
    """Serves Production; a call asks it for some digits, and gives its version and its answers."""
    asked = {"inputs": load().val_x[:50].tolist()}
    with subprocess.Popen(
        [*VIEWER, "serve", f"models:/{MODEL}/Production", "--port", "0"],
        cwd=directory,
        env=clean_environment(directory),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        found = re.search(r"at (http://\S+)", process.stderr.readline())
        assert found

        def ask() -> tuple[str, list[int]]:
            answer = httpx.post(f"{found[1]}/invocations", json=asked, timeout=PATIENCE_SECONDS)
            assert answer.status_code == 200, answer.text
            return answer.headers["x-model-version"], answer.json()["predictions"]["digit"]

        try:
            yield ask
        finally:
            process.terminate()


def until_it_serves(ask: Callable[[], tuple[str, list[int]]], version: str) -> None:
    until(lambda: ask()[0] == version, f"the serving of version {version}")


def test_train_compare_promote_serve_roll_back(tmp_path: Path) -> None:
    command(tmp_path, "demo", "--no-app", "--seconds=0", "--runs=5", "--epochs=4")
    versions = {
        row["version"]: row["stage"] for row in json.loads(command(tmp_path, "models", MODEL, "--json"))
    }
    (best,) = [version for version, stage in versions.items() if stage == "Production"]
    other = next(version for version in versions if version != best)
    with server(tmp_path) as ask, terminal(VIEWER, columns=160, rows=45, directory=tmp_path) as opened:
        served, digits = ask()
        right = sum(digit == actual for digit, actual in zip(digits, load().val_y, strict=False))
        assert served == str(best) and right > 15

        opened.wait_for("digits")
        opened.send("2")
        opened.wait_for("Production 1", "Metrics")
        command(
            tmp_path, "promote", MODEL, str(other), "Production", "--reason", "to see whether it is followed"
        )
        opened.wait_for("“to see whether it is followed”")
        until_it_serves(ask, str(other))

        opened.send("r")
        opened.wait_for(f"Roll back Production of {MODEL}", f"v{best} becomes Production")
        opened.send("it was worse")
        opened.wait_for("it was worse")
        opened.send(ENTER + ENTER)
        opened.wait_for(f"v{best} is Production")
        until_it_serves(ask, str(best))
        opened.send("q")
        assert opened.wait_for_exit() == 0

    told = command(tmp_path, "history", MODEL)
    assert "to see whether it is followed" in told and "it was worse" in told
    card = command(tmp_path, "card", MODEL, str(best))
    assert "it was worse" in card and "model.onnx" in card
