"""The command line: every subcommand, its three forms, its errors, what it imports."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from logger.store import registry
from logger.store.connection import open_reader, writing
from logger.store.locate import Store
from tests.command_line import Run, caller, refused
from tests.sample import add_run, sample_store
from tui_tracker.catalogue import commands_by_subject

ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]}


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    """The sample store, in the working directory, with a model of two versions."""
    store = sample_store(tmp_path)
    with writing(store) as connection:
        for place in (1, 2):
            uid = f"{place:032x}"
            directory = store.artifacts / uid
            directory.mkdir(parents=True)
            (directory / "model.npz").write_bytes(b"weights")
            registry.register_version(connection, "clf", run_uid=uid, path="model.npz")
        registry.transition(connection, "clf", 1, "Production", archive_existing=False)
    return store


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return caller(capsys)


def test_ls_lists_runs_the_newest_first(sample: Store, run: Run) -> None:
    lines = run("ls").output.splitlines()
    assert lines[0].split()[:4] == ["id", "name", "experiment", "status"]
    assert lines[1].split()[1:4] == ["run-00", "churn", "running"]
    assert len(lines) == 15


def test_ls_filters_sorts_chooses_columns_and_says_what_it_left_out(sample: Store, run: Run) -> None:
    wanted = ("ls", "lr = 0.1", "--experiment", "churn", "--columns", "name, min(val/loss)")
    rows = run(*wanted, "--sort", "min(val/loss):desc", "--csv").rows
    losses = [float(row["min(val/loss)"]) for row in rows]
    assert [row["name"] for row in rows] == ["run-09", "run-06", "run-03", "run-00"]
    assert losses == sorted(losses, reverse=True)
    assert "showing 2 of 4 runs" in run(*wanted, "--limit", "2").output
    assert run("ls", "lr = 77").output == "no run matches\n"


def test_json_keeps_what_is_not_finite_and_text_that_is_hostile(tmp_path: Path, run: Run) -> None:
    store = sample_store(tmp_path, count=0)
    name = "\x1b[2Jevil[/]\u202e"
    add_run(store, name, metrics={"loss": [1.0, math.nan]}, params={"scale": "inf"})
    [found] = run("ls", "--json", "--experiment", "churn").json
    assert found["name"] == name and found["loss"] == "NaN"
    raw = run("ls", "--json").output + run("ls", "--csv").output + run("ls").output
    assert not any(mark in raw for mark in ("\x1b", "\u202e"))
    assert "[/]" in run("ls").output


def test_show_tells_everything_of_one_run(sample: Store, run: Run) -> None:
    text = run("show", "run-03").output
    assert "status       failed" in text and "val/acc" in text and "optimizer  adam" in text
    shown = run("show", f"{3:032x}", "--json").json
    assert shown["params"] == {"depth": "7", "lr": "0.1", "optimizer": "adam"}
    assert {metric["metric"] for metric in shown["metrics"]} == {"train/loss", "val/loss", "val/acc"}
    assert "there is no run 'nope'" in refused(run("show", "nope"), 1)


def test_compare_shows_where_runs_differ_and_which_is_best(sample: Store, run: Run) -> None:
    rows = {row["name"]: row for row in run("compare", "run-00", "run-01", "--csv").rows}
    assert "host" not in rows and rows["depth"]["run-00"] == "4" and rows["depth"]["run-01"] == "5"
    assert rows["val/acc"]["best"] == "run-00" and rows["val/loss"]["best"] == "run-00"
    delta = float(rows["val/acc"]["run-01"]) - float(rows["val/acc"]["run-00"])
    assert float(rows["val/acc"]["run-01 - run-00"]) == pytest.approx(delta)
    assert "experiment" in run("compare", "run-00", "run-01", "--all").output
    assert "two different runs" in refused(run("compare", "run-00", "run-00"), 2)


def test_curves_draws_and_gives_the_points(sample: Store, run: Run) -> None:
    picture = run("curves", "run-01", "val/acc", "--width", "60", "--height", "10").output.splitlines()
    assert picture[0].startswith("val/acc") and len(picture) == 10 and max(map(len, picture)) <= 60
    points = run("curves", "run-01", "val/acc", "--json").json["val/acc"]
    assert points["steps"] == list(range(10)) and len(points["values"]) == 10
    assert len(run("curves", "run-01", "val/acc", "--csv").rows) == 10
    assert "has no metric 'f1'" in refused(run("curves", "run-01", "f1"), 1)


def test_curves_of_several_runs_share_a_picture(sample: Store, run: Run) -> None:
    said = run("curves", "run-00", "run-01", "val/acc", "--width", "90", "--at", "5").output
    assert "run-00" in said and "run-01" in said and "val/loss" not in said and "value" in said
    assert len(run("curves", "run-00", "run-01", "val/acc", "--csv").rows) == 20
    assert len(run("curves", "run-00", "run-01", "val/acc", "--json").json) == 2
    grouped = run("curves", "run-00", "run-02", "val/loss", "--group", "optimizer", "--width", "90").output
    assert "optimizer=sgd (2)" in grouped and "mean" in grouped
    together = run("curves", "run-00", "--together", "--width", "90").output
    assert "loss (train, val)" in together and "val/acc" in together


def test_curves_are_looked_at_as_one_says(sample: Store, run: Run) -> None:
    def said(*options: str) -> str:
        return run("curves", "run-01", "val/loss", "--width", "90", *options).output

    assert "log step" in said("--log-x", "--x-range", "1..") and "zoom" in said("--x-range", "1..5")
    assert "y set" in said("--y-range", "..0.5") and "clipped" in said("--clip")
    assert "time since start" in said("--x", "time", "--x-range", "1s..1m")
    assert "train/loss" in said("--x", "train/loss").splitlines()[0]
    for options, reason in (
        (("--x", "nothing"), "no metric 'nothing'"),
        (("--x-range", "5"), "LOW..HIGH"),
        (("--x-range", "5..1"), "begins below"),
        (("--x-range", "a..b"), "not a number"),
        (("--smooth", "1.5"), "below 1"),
        (("--group", "absent"), "no"),
        (("--at", "soon"), "not a number"),
    ):
        assert reason in refused(
            run("curves", "run-01", "val/loss", *options), 1 if options[1] == "nothing" else 2
        )


def test_models_history_path_alias_and_promote(sample: Store, run: Run) -> None:
    assert run("models", "--json").json[0]["production"] == 1
    assert [row["version"] for row in run("models", "clf", "--csv").rows] == ["2", "1"]
    assert run("path", "models:/clf/Production").output.endswith(f"{1:032x}/model.npz\n")
    moved = run("promote", "clf", "v2", "production", "--reason", "better", "--json").json
    assert [(row["version"], row["after"]) for row in moved] == [(2, "Production"), (1, "Archived")]
    assert run("path", "models:/clf/Production").output.endswith(f"{2:032x}/model.npz\n")
    assert run("history", "clf", "--csv").rows[1]["reason"] == "better"
    assert run("alias", "clf", "champion", "2").output == "clf@champion is v2\n"
    assert run("path", "models:/clf@champion").output.endswith(f"{2:032x}/model.npz\n")
    assert run("alias", "clf", "champion", "--delete").status == 0
    assert "no alias" in refused(run("path", "models:/clf@champion"), 1)
    assert "no model" in refused(run("history", "nothing"), 1)
    assert "no stage" in refused(run("promote", "clf", "2", "Prod"), 2)
    assert "needs the version" in refused(run("alias", "clf", "champion"), 2)


def test_promote_may_keep_the_former_holder(sample: Store, run: Run) -> None:
    run("promote", "clf", "2", "Production", "--keep-existing")
    stages = {found.version: found.stage for found in registry.versions(open_reader(sample), "clf")}
    assert stages == {1: "Production", 2: "Production"}


def test_export_writes_runs_and_points(sample: Store, run: Run) -> None:
    exported = run("export", "--filter", "status = failed").json
    assert [found["name"] for found in exported] == ["run-03", "run-09"]
    assert exported[0]["params"]["lr"] == "0.1" and exported[0]["metrics"]["val/acc"]["count"] == 10
    assert {row["name"] for row in run("export", "--csv").rows} >= {"run-00", "image-1"}
    points = run("export", "run-02", "--points", "--format", "csv").rows
    assert len(points) == 70 and {row["metric"] for row in points} == {"train/loss", "val/loss", "val/acc"}
    assert len(run("export", "run-02", "--points").json) == 3
    assert run("export", "--filter", "lr = 77").json == []


def test_journal_prints_one_line_a_record(store: Store, run: Run) -> None:
    from logger.frames import EVENT
    from logger.journal import Journal

    journal = Journal(store.journals)
    journal.append_json(EVENT, {"event": "note", "run": "r", "note": "\x1b[2J"})
    journal.close()
    lines = run("journal", str(journal.path)).output.splitlines()
    assert [line.split()[1] for line in lines] == ["header", "event"] and "\x1b" not in lines[1]
    both = run("journal", str(journal.path), str(journal.path)).output.splitlines()
    assert [line for line in both if not line.startswith("==> ")] == lines * 2
    refused(run("journal", "nowhere"), 1)


def test_mistakes_are_one_sentence(sample: Store, run: Run) -> None:
    errors = refused(run("ls", "val/acc >"), 2).splitlines()
    assert errors[0].startswith("tracker-tui: column 10") and errors[2].strip() == "^"
    assert "there is no experiment 'zzz'; there are: Default, churn, images" in refused(
        run("ls", "--experiment", "zzz"), 1
    )
    assert "zzz" in refused(run("ls", "--columns", "zzz"), 2)
    assert "invalid choice" in refused(run("frobnicate"), 2)
    assert "needs a terminal" in refused(run(), 2)


def test_without_a_store_it_says_what_to_type_and_makes_none(tmp_path: Path, run: Run) -> None:
    assert "import logger" in refused(run("ls"), 2)
    assert "tracker-tui demo" in refused(run("--store", "elsewhere", "ls"), 2)
    assert list(tmp_path.iterdir()) == []


def test_the_store_may_be_named_before_and_after_the_command(sample: Store, tmp_path: Path, run: Run) -> None:
    for arguments in (("--store", str(tmp_path), "ls"), ("ls", "--store", str(sample.database))):
        assert run(*arguments).status == 0


def test_only_the_app_imports_textual(sample: Store) -> None:
    code = (
        "import sys; from tui_tracker.cli import main; main(['ls']); main(['compare', 'run-00', 'run-01']);"
        "print([name for name in ('textual', 'numpy', 'plotext') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_has_seen_enough_is_no_error(sample: Store) -> None:
    done = subprocess.run(
        f"{sys.executable} -m tui_tracker.cli export --points --csv | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    assert done.stdout == "run,metric,step,time,value\n" and done.stderr == ""


def test_demo_without_scikit_learn_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_tracker.demo.errand.find_spec", lambda name: None)
    assert "pip install scikit-learn" in refused(run("demo", "--no-app"), 1)
    assert not list(Path.cwd().iterdir())


def test_the_help_lists_every_command_once_and_each_has_examples(run: Run) -> None:
    shown = run("--help").output
    listed = shown.partition("examples:")[0]
    for command in (command for commands in commands_by_subject().values() for command in commands):
        assert listed.count(f"\n  {command.name} ") == 1
        assert f"tracker-tui {command.name}" in run(command.name, "--help").output.partition("examples:")[2]
    assert max(map(len, shown.splitlines())) <= 120
