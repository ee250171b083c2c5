"""What the registry shows while it is empty: how a model comes there."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui_tracker.widgets.aligned import QUIET


class NoModels(Static):
    """The lines of a script that registers a model."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(_how_to_register(), id=id, markup=False)


def _how_to_register() -> Content:
    return Content.assemble(
        ("No model is registered yet.\n\n", "bold"),
        "A training script registers one from an artifact of its run:\n\n",
        ('    with logger.start_run("churn") as run:\n', QUIET),
        ('        run.log_artifact("model.pkl")\n', QUIET),
        ('        run.register_model("churn-clf", "model.pkl")\n\n', "$accent"),
        "Its versions appear here as they come.",
    )
