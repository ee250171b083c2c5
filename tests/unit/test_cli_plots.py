"""`tracker-tui scatter`, `importance`, and the forms of `compare`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Run, caller, refused
from tests.sample import add_run, sample_store


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    store = sample_store(tmp_path)
    add_run(store, "ru|n\x1b[2J", uid=f"{77:032x}", params={"lr": "0.1"}, metrics={"val/acc": [0.5]})
    monkeypatch.setenv("TRACKER_STORE", str(store.directory))
    return caller(capsys)


def test_scatter_as_a_picture_and_as_numbers(run: Run) -> None:
    drawn = run("scatter", "lr", "max(val/acc)", "--log-x", "--color", "optimizer", "--width", "90")
    assert drawn.status == 0 and "max(val/acc) by lr" in drawn.output and "log x" in drawn.output
    assert "adam 6" in drawn.output and max(map(len, drawn.output.splitlines())) <= 90
    assert run("scatter", "lr", "val/acc", "--ascii").output.isascii()
    rows = run("scatter", "lr", "val/acc", "optimizer = adam", "--csv").rows
    assert len(rows) == 6 and set(rows[0]) == {"run", "id", "lr", "val/acc"}
    assert run("scatter", "lr", "val/acc", "--json").json[0]["lr"] == "0.1"


def test_what_scatter_refuses(run: Run) -> None:
    assert "no metric, param, tag or attribute" in refused(run("scatter", "lr", "nope"), 2)
    assert "not one field" in refused(run("scatter", "lr, depth", "val/acc"), 2)
    assert "no run matches" in refused(run("scatter", "lr", "val/acc", "lr = 7"), 1)


def test_importance_says_what_it_computes(run: Run) -> None:
    said = run("importance", "max(val/acc)")
    assert said.status == 0 and "Spearman" in said.output and "13 runs have max(val/acc)" in said.output
    rows = run("importance", "max(val/acc)", "--json").json
    assert [row["param"] for row in rows][-1] != "lr" and {"lr", "depth", "optimizer"} == {
        row["param"] for row in rows
    }
    assert all(0 <= row["strength"] <= 1 for row in rows)
    assert {row["computed"] for row in rows} == {"rank correlation", "categories"}


def test_what_importance_refuses(run: Run) -> None:
    assert "fewer than 8" in refused(run("importance", "val/acc", "optimizer = adam"), 1)
    assert "choose a metric" in refused(run("importance", "optimizer"), 1)
    pytest.importorskip("sklearn")
    assert "needs 20 runs" in refused(run("importance", "val/acc", "--forest"), 2)


def test_compare_with_another_baseline_in_percent(run: Run) -> None:
    rows = run("compare", "run-01", "run-02", "--baseline", "run-02", "--percent", "--json").json
    acc = next(row for row in rows if row["name"] == "val/acc")
    assert acc["run-01 - run-02 (%)"] == pytest.approx((acc["run-01"] / acc["run-02"] - 1) * 100)
    third = run("compare", "run-01", "run-02", "--baseline", "run-03")
    assert "run-01 - run-03" in third.output.splitlines()[0]
    assert refused(run("compare", "run-01", "run-02", "--baseline", "nobody"), 1)


@pytest.mark.parametrize(
    ("form", "begins"),
    [("--markdown", "|  | run-01 | ru\\|n"), ("--tsv", "\trun-01\tru|n"), ("--latex", "% needs")],
)
def test_compare_in_other_forms(run: Run, form: str, begins: str) -> None:
    result = run("compare", "run-01", f"{77:032x}", form)
    assert result.status == 0 and result.output.startswith(begins) and "\x1b" not in result.output
