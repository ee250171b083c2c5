"""Trainings of two processes, as the libraries start them: asked to stop, all of them stop at one step."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import logger

pytest.importorskip("torch")

LIGHTNING = """
import sys, time, torch, lightning.pytorch as lightning
from logger.editing import ask_to_stop
from logger.opening import reading
from logger.store import runs
from logger.integrations.lightning import TrackerLogger

def ask(run):
    with reading(run.store) as (_, connection):
        ask_to_stop(run.store, runs.by_uid(connection, run.id).id, "somebody")
    while not run.should_stop:
        time.sleep(0.01)

class Line(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch, place):
        if self.trainer.is_global_zero and self.trainer.global_step == 13:
            ask(self.logger.experiment)
        loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
        self.log("train/loss", loss)
        return loss

    def on_train_end(self):
        print(f"ended at {self.trainer.global_step};", flush=True)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)

if __name__ == "__main__":
    torch.set_num_threads(1)
    data = torch.utils.data.TensorDataset(torch.ones(64, 1), torch.ones(64, 1))
    trainer = lightning.Trainer(
        max_epochs=100, logger=TrackerLogger("line"), accelerator="cpu", devices=2, strategy="ddp_spawn",
        enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False,
    )
    trainer.fit(Line(), torch.utils.data.DataLoader(data, batch_size=16))
"""

TRANSFORMERS = """
import time, torch, transformers
from logger.editing import ask_to_stop
from logger.opening import reading
from logger.store import runs
from logger.integrations.transformers import TrackerCallback

def ask(run):
    with reading(run.store) as (_, connection):
        ask_to_stop(run.store, runs.by_uid(connection, run.id).id, "somebody")
    while not run.should_stop:
        time.sleep(0.01)

tracker = TrackerCallback("bert")

class Asking(transformers.TrainerCallback):
    def on_step_begin(self, args, state, control, **_):
        if state.is_world_process_zero and state.global_step == 13:
            ask(tracker._borrowed.run)

torch.set_num_threads(1)
config = transformers.BertConfig(
    vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
)
trainer = transformers.Trainer(
    transformers.BertForSequenceClassification(config),
    transformers.TrainingArguments(
        output_dir="out", max_steps=200, report_to=[], use_cpu=True, disable_tqdm=True, ddp_backend="gloo",
        save_strategy="no",
    ),
    train_dataset=[{"input_ids": torch.ones(4).long(), "labels": 1}] * 32,
    callbacks=[Asking(), tracker],
)
trainer.train()
print(f"ended at {trainer.state.global_step};", flush=True)
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("library", "script", "starter"),
    [
        ("lightning", LIGHTNING, ()),
        (
            "transformers",
            TRANSFORMERS,
            ("-m", "torch.distributed.run", "--nproc_per_node=2", "--master_port={port}"),
        ),
    ],
    ids=["lightning", "transformers"],
)
def test_two_ranks_stop_together(library: str, script: str, starter: tuple[str, ...], tmp_path: Path) -> None:
    pytest.importorskip(library)
    (tmp_path / "train.py").write_text(script)
    options = [option.format(port=free_port()) for option in starter]
    ended = subprocess.run(
        [sys.executable, *options, "train.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert re.findall(r"ended at \d+;", ended.stdout) == ["ended at 20;"] * 2
    (run,) = logger.search_runs()
    assert run.status == "FINISHED"
