"""`tracker-tui model`: changes to registered models and their versions, stages and aliases apart."""

from __future__ import annotations

from tui_tracker.text import model_bundle, model_edits
from tui_tracker.text.command import Group

COMMAND = Group(
    "model",
    "register, describe, tag, rename, delete, export, verify or import a model or a version",
    (
        model_edits.REGISTER,
        model_edits.CREATE,
        model_edits.DESCRIBE,
        model_edits.TAG,
        model_edits.UNTAG,
        model_edits.RENAME,
        model_edits.DELETE,
        *model_bundle.COMMANDS,
    ),
    (
        "tracker-tui model register runs:/3f9a0c/model.onnx digits-clf",
        "tracker-tui model tag digits-clf/3 reviewed=yes",
        "tracker-tui model export models:/digits-clf/3 digits-clf-3.tar.gz",
    ),
    "Stages: `tracker-tui promote` and `roll-back`. Aliases: `tracker-tui alias`. The page: `tracker-tui card`.",
)
