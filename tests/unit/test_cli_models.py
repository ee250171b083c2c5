"""The registry by the command line: every edit, gates, cards, history; what is refused and how that is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import logger
from logger.store.locate import Store
from tests.command_line import Run, caller, refused
from tests.hostile import HOSTILE, assert_harmless


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return caller(capsys)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A store with three versions of clf, each a little better; the first in Production."""
    for accuracy in (0.90, 0.95, 0.99):
        with logger.start_run(
            "e", run_name=f"run-{accuracy}", params={"lr": accuracy, "depth": 3}
        ) as started:
            for step in range(20):
                started.log({"val/acc": accuracy * step / 19, "val/loss": 1 - accuracy * step / 19})
            started.log_text(f"weights {accuracy}", "model.bin")
            started.register_model("clf", "model.bin", description="one *of* <three>")
    logger.transition_model_version_stage("clf", 1, "Production")
    return tmp_path / ".tracker"


def gates(directory: Path, text: str) -> None:
    (directory / "gates.toml").write_text(text)


def test_every_edit_is_done_told_and_in_the_history(directory: Path, run: Run) -> None:
    assert run("model", "tag", "clf/2", "reviewed=yes").output == "v2 of clf has the tag reviewed=yes\n"
    assert run("model", "tag", "models:/clf/Production", "a=b=c").output == "v1 of clf has the tag a=b=c\n"
    assert run("model", "tag", "clf", "owner=ada").output == "clf has the tag owner=ada\n"
    assert run("model", "describe", "clf/latest", "the best").output == "described v3 of clf\n"
    assert run("model", "describe", "clf", "", "--json").json == {"model": "clf", "version": None}
    assert run("model", "untag", "clf", "owner").status == 0
    assert run("alias", "clf", "champion", "latest").output == "clf@champion is v3\n"
    assert run("model", "untag", "clf@champion", "x").status == 1
    assert logger.get_model_version("clf", 3).description == "the best"
    assert logger.get_model_version("clf", 1).tags == {"a": "b=c"}
    assert run("model", "rename", "clf", "churn").output == "clf is called churn now\n"
    actions = [row["action"] for row in run("history", "churn", "--csv").rows]
    assert actions[:7] == ["rename", "alias", "untag", "describe", "tag", "tag", "tag"]
    assert [row["action"] for row in run("history", "churn", "v3", "--csv").rows] == [
        "alias",
        "describe",
        "register",
    ]
    assert {row["model"] for row in run("history", "--json").json} == {"clf", "churn"}


def test_registering_by_the_command_line(directory: Path, run: Run) -> None:
    run_id = logger.get_model_version("clf", 2).run_id
    said = run("model", "register", f"runs:/{run_id}/model.bin", "new", "--tag", "k=v", "--description", "d")
    assert said.output == "registered v1 of new\n"
    assert run("model", "register", "models:/clf@nobody", "new").status == 1
    assert "no run" in refused(run("model", "register", "runs:/x/y", "new"), 1)
    assert run("model", "create", "empty", "--tag", "k=v").status == 0
    assert "already a model" in refused(run("model", "create", "empty"), 1)
    assert "no tag with its value" in refused(run("model", "create", "other", "--tag", "k"), 2)
    assert "has no version" in refused(run("card", "empty", "latest"), 1)


def test_deleting_needs_a_word(directory: Path, run: Run) -> None:
    assert "this deletes v1 of clf: say --yes" in refused(run("model", "delete", "clf/1"), 2)
    assert run("model", "delete", "clf/1", "--yes").output == "deleted v1 of clf\n"
    assert "no version 1" in refused(run("model", "delete", "clf/1", "--yes"), 1)
    assert run("model", "delete", "clf", "--yes").output == "deleted clf\n"
    assert run("models", "--json").json == []
    assert run("history", "clf", "1", "--json").json[0]["action"] == "delete"


def test_versions_are_found_by_a_filter(directory: Path, run: Run) -> None:
    assert [row["version"] for row in run("models", "--versions", "val/acc > 0.92", "--csv").rows] == [
        "3",
        "2",
    ]
    assert run("models", "other", "--versions", "", "--json").json == []
    said = run("models", "--versions", "stag = x").errors
    assert "nothing is called 'stag'" in said and "^^^^" in said


def test_gates_are_shown_checked_and_obeyed(directory: Path, run: Run) -> None:
    assert "no gate rules promotions" in run("gates").output
    gates(
        directory,
        '["*".Production]\nrequire = ["val/acc > 0.92"]\n[clf.Production]\nrequire = ["has tag ok"]\n',
    )
    assert [row["rule"] for row in run("gates", "clf", "--csv").rows] == ["val/acc > 0.92", "has tag ok"]
    assert "no model 'other'" in refused(run("gates", "other"), 1)
    checked = run("gates", "clf", "2", "--json")
    assert [row["passed"] for row in checked.json] == [True, False] and checked.status == 1
    checked = run("gates", "clf", "1")
    assert "✗       val/acc > 0.92  val/acc is 0.9" in checked.output
    assert (checked.status, checked.errors) == (
        1,
        "tracker-tui: v1 of clf for Production: 2 of 2 refuse it\n",
    )
    assert "no gate rules" in run("gates", "clf", "1", "--stage", "staging").output
    run("model", "tag", "clf/2", "ok=yes")
    checked = run("gates", "clf", "2")
    assert checked.status == 0 and "v2 of clf for Production: all 2 let it pass" in checked.output
    run("model", "untag", "clf/2", "ok")
    before = run("history", "clf", "--json").json
    message = refused(run("promote", "clf", "2", "Production"), 1)
    assert "a gate refuses v2 of 'clf' for Production: has tag ok (neither" in message
    assert run("history", "clf", "--json").json == before
    done = run(
        "promote", "clf", "2", "Production", "--override", "known good", "--reason", "x", "--json"
    ).json
    assert [row["version"] for row in done] == [2, 1]
    event = json.loads(run("history", "clf", "2", "--json").json[0]["detail"])
    assert event["override"] == "known good" and [gate["passed"] for gate in event["gates"]] == [True, False]
    assert "1 of 2 gates passed; overrode has tag ok: " in run("history", "clf").output


def test_the_rules_in_the_help_are_rules(directory: Path, run: Run) -> None:
    said = run("gates", "--help").output
    gates(directory, said[said.index('["*"') : said.index("With a version")])
    assert [row["rule"] for row in run("gates", "--csv").rows] == [
        "run finished",
        "code clean",
        "val/acc >= 0.92",
        "better than current on val/loss by 1%",
        "has tag reviewed",
        "python deploy.py",
    ]


def test_a_broken_file_of_gates_refuses_with_its_line(directory: Path, run: Run) -> None:
    gates(directory, "[clf.Production]\nrequire = ['oops']\n")
    for command in (("promote", "clf", "2", "Production"), ("gates",)):
        assert "gates.toml, line 2: the rule 'oops'" in refused(run(*command), 1)
    assert run("promote", "clf", "2", "Staging").status == 0
    assert run("roll-back", "clf").status == 1


def test_a_command_that_fails_is_told_beside_the_promotion(directory: Path, run: Run) -> None:
    gates(directory, "[clf.Production]\nafter = ['sh', '-c', 'echo $TRACKER_VERSION; exit 4']\n")
    said = run("promote", "clf", "2", "Production")
    assert (
        said.status == 0
        and "the promotion is done, but sh -c" in said.errors
        and "exit status 4" in said.errors
    )
    assert "after" in said.output and "4" in said.output
    assert [row["after"] for row in run("roll-back", "clf", "--reason", "bad", "--csv").rows] == [
        "Production",
        "Archived",
    ]
    events = run("history", "clf", "--json").json
    assert [event["action"] for event in events[:3]] == ["hook", "roll-back", "roll-back"]
    assert json.loads(events[0]["detail"])["output"] == "1"


def test_a_card_tells_all_of_a_version(directory: Path, run: Run) -> None:
    logger.transition_model_version_stage("clf", 2, "Staging", reason="looks | good")
    logger.set_registered_model_alias("clf", "next", 2)
    page = run("card", "clf", "v2").output
    assert page.startswith("# clf v2\n\n**Staging** · `next`\n\none \\*of\\* \\<three\\>\n")
    assert "Against v1, which is in Production: 2 better, 0 worse." in page
    assert "| `val/acc` | 0.9500 | 0.9000 | +0.05000 | better | 0 | 0.9500 |" in page
    assert "| `lr` | `0.95` | `0.9` |" in page and "| `depth` | `3` | same |" in page
    assert "▁" in page and "0 → 0.9500" in page
    assert f"`{logger.get_model_version('clf', 2).sha256}`" in page
    assert "None → Staging | looks \\| good |" in page
    assert run("card", "models:/clf@next").output == page
    assert run("card", "clf", "staging", "--json").json["markdown"].rstrip("\n") == page.rstrip("\n")
    assert "▁" not in run("card", "clf", "2", "--ascii").output
    assert "Against" not in run("card", "clf", "Production").output


def test_a_card_says_what_is_not_as_registered(directory: Path, run: Run) -> None:
    Path(run("path", "models:/clf/2").output.strip()).write_text("other")
    assert "**Not as registered:** 'model.bin' has changed" in run("card", "clf", "2").output
    assert "is not what was registered: 'model.bin' has changed" in refused(run("path", "models:/clf/2"), 1)
    assert run("path", "models:/clf/2", "--no-verify").status == 0


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (("card", "clf"), 2, "say which version of clf"),
        (("card", "clf", "9"), 1, "no version 9"),
        (("card", "clf", "9" * 5000), 2, "there is no stage"),
        (("card", "clf", "@nobody"), 1, "no alias 'nobody'"),
        (("card", "clf", "Live"), 2, "there is no stage 'Live'"),
        (("card", "clf/1", "1"), 2, "names the version already"),
        (("card", "nothing", "1"), 1, "no model 'nothing'"),
        (("card", "nothing@x", "1"), 2, "names the version already"),
        (("card", "../../etc/passwd", "1"), 2, "names the version already"),
        (("promote", "clf", "vv3", "Production"), 2, "there is no stage 'vv3'"),
        (("promote", "clf", "3", "Live"), 2, "there is no stage 'Live'"),
        (("history", "clf", "Production"), 2, "is no number of a version"),
        (("history", "clf", "99"), 1, "no v99 of 'clf', nor was there"),
        (("roll-back", "clf"), 1, "nothing to roll back to"),
        (("roll-back", "clf", "Archived"), 1, "only Staging and Production"),
        (("model", "tag", "clf", "=x"), 2, "cannot be a tag"),
        (("model", "rename", "clf", "a/b"), 2, "contains / or :"),
        (("path", "clf"), 2, "'clf' is not the URI of a model: write models:/NAME/3"),
        (("path", "models:/clf"), 2, "does not say which version"),
        (("gates", "clf", "1", "--stage", "x"), 2, "there is no stage 'x'"),
    ],
)
def test_mistakes_are_one_sentence(
    directory: Path, run: Run, command: tuple[str, ...], status: int, said: str
) -> None:
    assert said in refused(run(*command), status)


@pytest.mark.parametrize("text", HOSTILE, ids=[f"text {place}" for place in range(len(HOSTILE))])
def test_hostile_words_do_no_harm(directory: Path, run: Run, text: str) -> None:
    gates(directory, json.dumps(text))
    results = [
        run("model", "describe", "clf/1", text),
        run("model", "tag", "clf/1", f"{text}={text}"),
        run("model", "tag", "clf/1", f"k={text}"),
        run("model", "rename", "clf", text),
        run("model", "rename", text, "clf"),
        run("alias", "clf", text, "1"),
        run("promote", "clf", text, "Production"),
        run("promote", "clf", "2", "Production", "--reason", text, "--override", text or "x"),
        run("gates", "clf", "2"),
        run("card", text, text),
        run("card", "clf", "1"),
        run("history", "clf"),
        run("models", "--versions", text),
    ]
    for result in results:
        assert_harmless(result.output)
        assert_harmless(result.errors)
        assert "Traceback" not in result.errors


def test_a_version_is_exported_verified_and_imported(directory: Path, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "out" / "clf.tar.gz"
    done = run("model", "export", "clf/2", str(target), "--json").json
    assert (done["model"], done["version"]) == ("clf", 2)
    assert done["sha256"] in run("model", "verify", str(target)).output
    new = tmp_path / "new" / ".tracker"
    with logger.start_run("x", store=new):
        pass
    said = run("--store", str(new), "model", "import", str(target), "--name", "copy")
    assert said.output.startswith("imported v1 of copy, with its run ")
    assert (
        "imported v2 of copy, of a run that was here already"
        in run("model", "import", str(target), "--name", "copy", "--store", str(new)).output
    )
    page = run("--store", str(new), "card", "copy", "1").output
    assert "Before, as v2 of clf:" in page and "| register | model.bin |" in page
    assert "is there already" in refused(run("model", "export", "clf/2", str(target)), 1)
    target.write_bytes(target.read_bytes()[:500])
    assert "damaged or cut off" in refused(run("model", "verify", str(target)), 1)
    assert "damaged or cut off" in refused(run("model", "import", str(target)), 1)
    assert "there is no nothing" in refused(run("model", "verify", "nothing"), 1)


def test_a_group_alone_shows_its_help(store: Store, run: Run) -> None:
    said = run("model")
    assert said.status == 2 and "tracker-tui model tag digits-clf/3" in said.errors
