"""Whether a version would pass the gates to Staging and to Production."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from logger.store.registry import PRODUCTION, STAGING
from tui_tracker.model.registry_view import VersionView
from tui_tracker.model.text import clean
from tui_tracker.widgets.aligned import QUIET, heading
from tui_tracker.widgets.gate_lines import gate_lines
from tui_tracker.widgets.moved import MovedPage

_EXAMPLE = """[{model}.Production]
require = ["val/acc >= 0.92", "better than current on val/loss by 1%", "has tag reviewed", "run finished"]
after = ["python", "deploy.py"]"""


class VersionGates(MovedPage):
    """The next stage first; what is ruled by nothing says how to rule it."""

    DEFAULT_CSS = """
    VersionGates {
        & > Static { height: auto; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="version-gates", markup=False)

    def show_nothing(self) -> None:
        """There is no version."""
        self.query_one("#version-gates", Static).update("")

    def show_version(self, view: VersionView) -> None:
        self.query_one("#version-gates", Static).update(_gates(view))


def _gates(view: VersionView) -> Content:
    version = view.version
    if not any(view.gates.values()):
        model = clean(version.model, 60)
        return Content.assemble(
            "No gate rules this model: it goes wherever it is promoted to.\n\n",
            (
                "Rules, and a command to run afterwards, go into gates.toml in the store's directory:\n\n",
                QUIET,
            ),
            (_EXAMPLE.format(model=model if model.replace("-", "").isalnum() else f'"{model}"'), "$accent"),
        )
    parts = []
    for stage in (STAGING, PRODUCTION):
        outcomes = view.gates.get(stage, ())
        if not outcomes:
            continue
        failed = sum(not outcome.passed for outcome in outcomes)
        if version.stage == stage:
            verdict, style = "it is there", QUIET
        elif failed:
            verdict, style = f"{failed} of {len(outcomes)} refuse", "bold $error"
        else:
            verdict, style = "open", "bold $success"
        parts += [
            Content.assemble(heading(f"To {stage}  "), (verdict, style)),
            gate_lines(outcomes),
            Content(""),
        ]
    return Content("\n").join(parts)
