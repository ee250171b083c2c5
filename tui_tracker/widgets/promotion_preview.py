"""A promotion in advance: what moves, and how the one that comes differs from the one that goes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from logger.store.registry import GateOutcome
from tui_tracker.model.promotion import Comparison
from tui_tracker.model.text import clean
from tui_tracker.widgets.aligned import QUIET, heading
from tui_tracker.widgets.comparison_text import metrics_text, params_text
from tui_tracker.widgets.gate_lines import gate_lines
from tui_tracker.widgets.moved import MovedPage


class PromotionPreview(MovedPage):
    """Sentences, then the comparison; scrolls where it is long."""

    DEFAULT_CSS = """
    PromotionPreview {
        height: auto;
        & > Static { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #preview-consequences { text-wrap: wrap; margin-bottom: 1; }
        & > #preview-gates { display: none; text-wrap: wrap; margin-bottom: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="preview-consequences", markup=False)
        yield Static(id="preview-gates", markup=False)
        yield Static(id="preview-comparison", markup=False)

    def show_plan(self, sentences: Sequence[str], warning: str = "") -> None:
        """Say what would happen, and what speaks against it."""
        lines = [
            Content.assemble(("→ ", "$accent"), (clean(sentence), "bold $foreground"))
            for sentence in sentences
        ]
        if warning:
            lines.append(Content.assemble(("! ", "$warning"), (clean(warning), "$warning")))
        self.query_one("#preview-consequences", Static).update(Content("\n").join(lines))

    def show_gates(self, outcomes: Sequence[GateOutcome]) -> None:
        """Show what the gates to the stage say; nothing where there are none."""
        failed = sum(not outcome.passed for outcome in outcomes)
        summary = f"  {failed} of {len(outcomes)} refuse: override with a reason" if failed else "  all pass"
        gates = self.query_one("#preview-gates", Static)
        gates.display = bool(outcomes)
        gates.update(
            Content.assemble(
                heading("Gates"), (summary, "$error" if failed else QUIET), "\n", gate_lines(outcomes)
            )
        )

    def show_comparison(self, comparison: Comparison, holder: str, candidate: str) -> None:
        """Show both versions side by side; `holder` and `candidate` are their names, `v3` and `v4`."""
        better, worse = comparison.count("better"), comparison.count("worse")
        summary = f"  {better} better, {worse} worse" if better or worse else ""
        parts = [
            Content.assemble((f"{candidate} beside {holder}", "bold $primary"), (summary, QUIET)),
            metrics_text(comparison, holder, candidate),
            Content(""),
            Content.styled("Params that differ", "bold $primary"),
            params_text(comparison, holder, candidate),
        ]
        self.query_one("#preview-comparison", Static).update(Content("\n").join(parts))

    def show_remark(self, remark: str) -> None:
        """Say why there is no comparison."""
        self.query_one("#preview-comparison", Static).update(Content.styled(clean(remark), QUIET))
