"""Lightning, Hugging Face's Trainer, Keras and plain PyTorch: their own quick starts, with two lines added."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import logger
from logger.store.locate import Store

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def only_run(store: Store) -> logger.LoggedRun:
    (found,) = logger.search_runs(store=store)
    return found


def data() -> Any:
    """Points on a line, with noise."""
    x = torch.linspace(-1, 1, 128).unsqueeze(1)
    return torch.utils.data.TensorDataset(x, 3 * x + 1 + 0.1 * torch.randn_like(x))


def test_plain_pytorch(store: Store) -> None:
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with logger.start_run("line", params={"lr": 0.1}, store=store) as run:
        for _ in range(3):
            for x, y in torch.utils.data.DataLoader(data(), batch_size=32, shuffle=True):
                loss = torch.nn.functional.mse_loss(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                run.log({"train/loss": loss})
        torch.save(model.state_dict(), "model.pt")
        run.log_artifact("model.pt")
    history = run.history("train/loss")
    assert history.steps == list(range(12))
    assert history.values[-1] < history.values[0]


def test_lightning(store: Store, tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning.pytorch")
    from logger.integrations.lightning import TrackerLogger

    class Line(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self, lr: float) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Any, _place: int) -> Any:
            loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
            self.log("train/loss", loss)
            return loss

        def validation_step(self, batch: Any, _place: int) -> None:
            self.log("val/loss", torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1]))

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=self.hparams["lr"])

    tracker = TrackerLogger("line", log_model=True, store=store)
    trainer = lightning.Trainer(
        max_epochs=2,
        logger=tracker,
        accelerator="cpu",
        log_every_n_steps=1,
        default_root_dir=tmp_path,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    loader = torch.utils.data.DataLoader(data(), batch_size=32)
    trainer.fit(Line(lr=0.1), loader, loader)
    run = only_run(store)
    assert run.info.status == "FINISHED"
    assert run.data.params["lr"] == "0.1"
    assert logger.metric_history(run.info.run_id, "train/loss", store=store).steps == list(range(8))
    assert len(logger.metric_history(run.info.run_id, "val/loss", store=store).values) == 2
    kept = list((store.artifacts / run.info.run_id / "checkpoints").iterdir())
    assert [file.suffix for file in kept] == [".ckpt"]


def test_a_lightning_training_stops_when_it_is_asked_to(store: Store, tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning.pytorch")
    from logger.integrations.lightning import TrackerLogger

    class Line(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Any, place: int) -> Any:
            tracker.experiment.should_stop = self.trainer.global_step == 5
            loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
            self.log("train/loss", loss)
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    tracker = TrackerLogger("line", store=store)
    trainer = lightning.Trainer(
        max_epochs=50,
        logger=tracker,
        accelerator="cpu",
        log_every_n_steps=1,
        default_root_dir=tmp_path,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(Line(), torch.utils.data.DataLoader(data(), batch_size=32))
    assert trainer.global_step == 6
    assert only_run(store).info.status == "FINISHED"


def test_a_lightning_training_that_fails_is_failed(store: Store, tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning.pytorch")
    from logger.integrations.lightning import TrackerLogger

    class Broken(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Any, _place: int) -> Any:
            raise RuntimeError("broken")

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    trainer = lightning.Trainer(
        max_epochs=1,
        logger=TrackerLogger("line", store=store),
        accelerator="cpu",
        default_root_dir=tmp_path,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    with pytest.raises(RuntimeError, match="broken"):
        trainer.fit(Broken(), torch.utils.data.DataLoader(data(), batch_size=32))
    assert only_run(store).info.status == "FAILED"


def test_hugging_faces_trainer(store: Store, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    from logger.integrations.transformers import TrackerCallback

    config = transformers.BertConfig(
        vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    model = transformers.BertForSequenceClassification(config)
    examples = [
        {"input_ids": torch.randint(0, 50, (8,)), "attention_mask": torch.ones(8).long(), "labels": place % 2}
        for place in range(16)
    ]
    trainer = transformers.Trainer(
        model,
        transformers.TrainingArguments(
            output_dir=str(tmp_path / "out"),
            max_steps=6,
            per_device_train_batch_size=4,
            logging_steps=2,
            eval_strategy="steps",
            eval_steps=3,
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
        ),
        train_dataset=examples,
        eval_dataset=examples,
        callbacks=[TrackerCallback("bert", store=store)],
    )
    trainer.train()
    run = only_run(store)
    assert run.info.status == "FINISHED"
    assert run.data.params["max_steps"] == "6" and run.data.params["model/hidden_size"] == "16"
    assert logger.metric_history(run.info.run_id, "train/loss", store=store).steps == [2, 4, 6]
    assert logger.metric_history(run.info.run_id, "eval/loss", store=store).steps == [3, 6]


def test_hugging_faces_trainer_stops_when_it_is_asked_to(store: Store, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    from logger.integrations.transformers import TrackerCallback

    config = transformers.BertConfig(
        vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    examples = [{"input_ids": torch.ones(4).long(), "labels": 1}] * 8
    with logger.start_run("bert", store=store) as run:
        run.should_stop = True
        trainer = transformers.Trainer(
            transformers.BertForSequenceClassification(config),
            transformers.TrainingArguments(
                output_dir=str(tmp_path / "out"), max_steps=50, report_to=[], use_cpu=True, disable_tqdm=True
            ),
            train_dataset=examples,
            callbacks=[TrackerCallback()],
        )
        trainer.train()
        assert trainer.state.global_step == 1
        assert run.status == "RUNNING"


def test_keras(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if "KERAS_BACKEND" not in os.environ:
        monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    from logger.integrations.keras import TrackerCallback

    x, y = (tensor.numpy() for tensor in data().tensors)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", metrics=["mae"])
    history = model.fit(
        x,
        y,
        epochs=3,
        validation_split=0.25,
        verbose=0,
        callbacks=[TrackerCallback("line", batches=1, store=store)],
    )
    run = only_run(store)
    assert run.info.status == "FINISHED"
    assert float(run.data.params["optimizer/learning_rate"]) == pytest.approx(0.1)
    for name, key in (("train/loss", "loss"), ("val/loss", "val_loss"), ("val/mae", "val_mae")):
        logged = logger.metric_history(run.info.run_id, name, store=store)
        assert logged.steps == [0, 1, 2]
        assert logged.values == pytest.approx(history.history[key])
    assert len(logger.metric_history(run.info.run_id, "batch/loss", store=store).values) == 9
