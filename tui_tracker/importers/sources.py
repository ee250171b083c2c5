"""Whose files there are at a place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from tui_tracker.importers import mlflow_database, mlflow_files, tensorboard, trackio, wandb
from tui_tracker.importers.foreign import Contents, ForeignError


class Source(Protocol):
    """A module that reads one kind of files."""

    def recognises(self, path: Path) -> bool:
        """Whether it can read what is there."""

    def read(self, path: Path) -> Contents:
        """What is there. Raises ForeignError."""


# In the order in which they are tried: a directory of MLflow may hold others' files among its artifacts.
SOURCES: Mapping[str, tuple[Source, ...]] = {
    "mlflow": (mlflow_database, mlflow_files),
    "wandb": (wandb,),
    "trackio": (trackio,),
    "tensorboard": (tensorboard,),
}
# What people name instead of the files: the directory that has them.
_USUAL = ("mlflow.db", "mlruns")


def read(path: Path, tracker: str | None = None) -> Contents:
    """What a tracker, one of SOURCES, has recorded at a path; else whichever knows it. Raises ForeignError."""
    if not path.exists():
        raise ForeignError(f"there is nothing at {path}")
    for place in (path, *(path / name for name in _USUAL if (path / name).exists())):
        for name, sources in SOURCES.items():
            for source in sources if tracker in (None, name) else ():
                if source.recognises(place):
                    return source.read(place)
    wanted = "of MLflow, W&B, trackio or TensorBoard" if tracker is None else f"that {tracker} has written"
    raise ForeignError(f"there is nothing {wanted} at {path}")
