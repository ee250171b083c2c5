"""Gates: what the rules in gates.toml say of a version, what they refuse, what overriding leaves behind."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logger.store import registry, run_values
from logger.store.connection import open_reader, writing
from logger.store.locate import Store, for_writing
from logger.store.registry import GateError, GatesFileError, RegistryError, gates_file
from logger.store.registry.rules import RuleError, parse_rule
from tests.sample import add_run


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Versions 1, 2 and 3 of churn with rising accuracy; version 1 in Production; 3 from a run that failed."""
    found = for_writing(tmp_path / ".tracker")
    for place, (accuracy, status) in enumerate(((0.90, "FINISHED"), (0.95, "FINISHED"), (0.99, "FAILED"))):
        metrics = {"val/acc": [accuracy], "val/loss": [1 - accuracy], "f": [accuracy]}
        add_run(
            found, f"run-{place}", uid=f"{place:032x}", metrics=metrics, status=status, tags={"team": "x"}
        )
    with writing(found) as connection:
        for place in range(3):
            registry.register_version(connection, "churn", run_uid=f"{place:032x}", path="m", user="ada")
        registry.register_version(connection, "churn", run_uid=None, source="elsewhere")
        registry.transition(connection, "churn", 1, "Production", archive_existing=True)
        registry.set_tag(connection, "churn", "reviewed", "yes", version=2)
        connection.execute("UPDATE runs SET git_commit = 'c0ffee', git_dirty = (uid LIKE '%2')")
    return found


def write(store: Store, text: str) -> None:
    (store.directory / "gates.toml").write_text(text)


def require(store: Store, *rules: str) -> None:
    write(store, f"[churn.Production]\nrequire = [{', '.join(repr(rule) for rule in rules)}]\n")


def outcome(store: Store, rule: str, version: int = 2) -> registry.GateOutcome:
    require(store, rule)
    with closing(open_reader(store)) as connection:
        (found,) = registry.check(connection, "churn", version, "production")
    return found


@pytest.mark.parametrize(
    ("rule", "version", "passed", "found"),
    [
        ("val/acc >= 0.92", 2, True, "val/acc is 0.95"),
        ("val/acc >= 0.92", 1, False, "val/acc is 0.9"),
        ("val/acc >= 0.92", 4, False, "there is no val/acc"),
        ("val/acc > 0.9 and val/loss < 0.01", 2, False, "val/acc is 0.95, val/loss is 0.05"),
        ("val/rmse < 1", 2, False, "nothing is called 'val/rmse'"),
        ("run finished", 2, True, "the run is finished"),
        ("Run  Finished", 3, False, "the run is failed"),
        ("run finished", 4, False, "it came from no run"),
        ("code clean", 2, True, "commit c0ffee"),
        ("code clean", 3, False, "the work tree had changes"),
        ("code clean", 4, False, "it came from no run"),
        ("has tag reviewed", 2, True, "the version's tag reviewed is yes"),
        ("has tag reviewed", 3, False, "neither the version nor its run has a tag reviewed"),
        ("has tag reviewed = no", 2, False, "the version's tag reviewed is yes"),
        ("has tag team = x", 3, True, "the run's tag team is x"),
        ("better than current on val/acc", 2, True, "val/acc is 0.95, and 0.9 in v1"),
        ("better than current on val/loss by 1%", 2, True, "val/loss is 0.05, and 0.1 in v1"),
        ("better than current on val/loss by 60%", 2, False, "val/loss is 0.05, and 0.1 in v1"),
        ("better than current on val/acc by 0.06", 2, False, "val/acc is 0.95, and 0.9 in v1"),
        ("better than current on f (higher is better)", 2, True, "f is 0.95, and 0.9 in v1"),
        ("better than current on f (lower)", 2, False, "f is 0.95, and 0.9 in v1"),
        ("better than current on val/acc", 4, False, "v4 has no number for val/acc"),
        ("better than current on nothing/acc", 2, False, "nothing/acc"),
    ],
)
def test_a_rule_says_what_it_found(store: Store, rule: str, version: int, passed: bool, found: str) -> None:
    said = outcome(store, rule, version)
    assert (said.passed, said.rule) == (passed, rule)
    assert found in said.found
    assert said.line == f"{'✓' if passed else '✗'} {rule}: {said.found}"


@pytest.mark.parametrize(
    ("commit", "dirty", "found"),
    [
        ("", None, "the run recorded no commit"),
        ("c0ffee", None, "the run did not record whether its work tree had changes"),
        ("c0ffee", 1, "the work tree had changes that are in no commit"),
    ],
)
def test_what_is_not_known_of_the_code_is_not_clean(
    store: Store, commit: str, dirty: int | None, found: str
) -> None:
    with writing(store) as connection:
        connection.execute("UPDATE runs SET git_commit = ?, git_dirty = ?", (commit, dirty))
    said = outcome(store, "code clean")
    assert (said.passed, said.found) == (False, found)


def test_the_first_version_is_better_than_none(store: Store) -> None:
    with writing(store) as connection:
        registry.transition(connection, "churn", 1, "Archived", archive_existing=True)
    said = outcome(store, "better than current on val/acc by 10%", 1)
    assert said.passed and said.found == "no other version holds Production"


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "run finised",
        "val/acc",
        "val/acc >=",
        "better than current on f",
        "better than current on val/acc by much",
        "better than current on val/acc by nan",
        "better than current on val/acc by -1%",
        "(" * 10_000,
        "val/acc > 1 and oops",
        "not oops",
    ],
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(RuleError):
        parse_rule(rule)


def test_a_failing_gate_refuses_and_changes_nothing(store: Store) -> None:
    require(store, "val/acc >= 0.92", "run finished", "has tag reviewed")
    with closing(open_reader(store)) as connection:
        before = registry.revision(connection)
    with pytest.raises(GateError) as refused:
        registry.promote(store, "churn", 3, "production", reason="best")
    message = str(refused.value)
    assert "2 gates refuse v3 of 'churn' for Production" in message
    assert "run finished (the run is failed)" in message and "has tag reviewed (neither" in message
    assert [said.passed for said in refused.value.outcomes] == [True, False, False]
    with closing(open_reader(store)) as connection:
        assert registry.revision(connection) == before
        assert registry.version(connection, "churn", 3).stage == "None"


def test_overriding_is_recorded_with_what_it_overrode(store: Store) -> None:
    require(store, "run finished")
    done = registry.promote(
        store, "churn", 3, "Production", reason="hotfix", override="the run was stopped by hand"
    )
    assert [said.passed for said in done.gates] == [False]
    with closing(open_reader(store)) as connection:
        event = registry.history(connection, "churn", 3)[0]
        archived = registry.history(connection, "churn", 1)[0]
    assert event.reason == "hotfix"
    assert event.details == {
        "gates": [{"rule": "run finished", "passed": False, "found": "the run is failed"}],
        "override": "the run was stopped by hand",
    }
    assert (archived.after, archived.detail) == ("Archived", "")


def test_passing_gates_are_recorded_and_an_override_that_was_not_needed_is_not(store: Store) -> None:
    require(store, "run finished")
    registry.promote(store, "churn", 2, "Production", override="just in case")
    with closing(open_reader(store)) as connection:
        details = registry.history(connection, "churn", 2)[0].details
    assert details == {"gates": [{"rule": "run finished", "passed": True, "found": "the run is finished"}]}


def test_gates_rule_what_any_caller_does_within_its_own_transaction(store: Store) -> None:
    require(store, "val/acc >= 2")
    with pytest.raises(GateError), writing(store) as connection:
        registry.transition(connection, "churn", 2, "Production", archive_existing=True)
    with writing(store) as connection:
        registry.transition(connection, "churn", 2, "Staging", archive_existing=True)
        registry.transition(connection, "churn", 1, "Archived", archive_existing=True)
        assert registry.version(connection, "churn", 1).stage == "Archived"


def test_rules_for_every_model_come_before_those_of_one(store: Store) -> None:
    write(
        store, '["*".production]\nrequire = ["run finished"]\n[churn.Production]\nrequire = ["val/acc > 0"]\n'
    )
    with closing(open_reader(store)) as connection:
        assert [said.rule for said in registry.check(connection, "churn", 2, "Production")] == [
            "run finished",
            "val/acc > 0",
        ]
        assert registry.check(connection, "churn", 2, "Staging") == []
        assert registry.check(connection, "churn", 2, "Archived") == []
    assert gates_file.ruled(store.directory) == [("*", "Production"), ("churn", "Production")]


def test_rolling_back_is_not_held_up(store: Store) -> None:
    registry.promote(store, "churn", 2, "Production")
    require(store, "val/acc >= 2")
    assert registry.roll_back_stage(store, "churn", "Production", "users complain").changes[0].version == 1
    write(store, "not toml")
    with pytest.raises(RegistryError, match="nothing to roll back to"):
        registry.roll_back_stage(store, "churn", "Production")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[churn.Production\nrequire = []", "is not TOML: .*line 1"),
        ("x = 1\n[churn.Production]\nrequire = ['val/acc >= 1'", "is not TOML"),
        ("[churn.Production]\n\nrequire = ['run finised']", "line 3: the rule 'run finised' in"),
        ("[churn.Production]\nrequire = ['val/acc >>= 1']", "line 2: the rule"),
        ("[churn.Production]\nrequire = 'run finished'", "line 2: require in .* must be a list"),
        ("[churn.Production]\nrequires = ['run finished']", "line 2: .* has no setting 'requires'"),
        ("[churn.Prod]\nrequire = []", "line 1: 'Prod' is no stage that has gates"),
        ("churn = 3", "line 1: 'churn' must be a table"),
        ("[churn]\nProduction = 3", "line 2: .* must be a table"),
        ("[churn.Production]\nafter = 'rm -rf /'", "line 2: after in .* must be a list"),
        ("[churn.Production]\nafter = ['x']\ntimeout = 'long'", "line 3: timeout in"),
        (f"x = {'9' * 5000}", "is not TOML that can be read"),
        (f"x = {'[' * 100_000}", "is not TOML"),
    ],
)
def test_a_file_with_a_mistake_refuses_what_it_rules(store: Store, text: str, said: str) -> None:
    write(store, text)
    with pytest.raises(GateError, match=said):
        registry.promote(store, "churn", 2, "Production")
    with pytest.raises(GatesFileError, match=said):
        gates_file.rules_for(store.directory, "churn", "Production")
    registry.promote(store, "churn", 2, "Archived")


def test_a_mistake_in_one_table_leaves_others_alone(store: Store) -> None:
    write(store, "[other.Production]\nrequire = ['oops']\n[churn.Production]\nrequire = ['run finished']\n")
    assert registry.promote(store, "churn", 2, "Production").gates[0].passed


def test_what_is_no_regular_file_is_not_waited_for(store: Store) -> None:
    os.mkfifo(store.directory / "gates.toml")
    with pytest.raises(GateError, match="must be a regular file"):
        registry.promote(store, "churn", 2, "Production")


def test_the_second_of_two_promoters_is_told(store: Store) -> None:
    registry.promote(store, "churn", 2, "Production", expected_holder=1)
    with pytest.raises(RegistryError, match=r"v2 holds Production of 'churn' by now, v1 did when you looked"):
        registry.promote(store, "churn", 3, "Production", expected_holder=1)
    with pytest.raises(RegistryError, match="nobody did when you looked"):
        registry.promote(store, "churn", 3, "Production", expected_holder=registry.NO_HOLDER)
    registry.promote(store, "churn", 3, "Staging", expected_holder=registry.NO_HOLDER)
    with closing(open_reader(store)) as connection:
        assert registry.version(connection, "churn", 2).stage == "Production"


def test_the_run_of_a_gate_need_not_be_there(store: Store) -> None:
    require(store, "run.status = finished")
    with writing(store) as connection:
        run_values.set_deleted(connection, 1, deleted=True)
    with pytest.raises(GateError, match=r"run\.status = finished \(there is no status\)"):
        registry.promote(store, "churn", 4, "Production")


def test_the_history_is_never_rewritten(store: Store) -> None:
    for statement in (
        "UPDATE registry_events SET user = 'eve'",
        "DELETE FROM registry_events",
        "INSERT OR REPLACE INTO registry_events SELECT * FROM registry_events",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="never rewritten"), writing(store) as connection:
            connection.execute(statement)


WORDS = st.sampled_from(
    [
        "better",
        "than",
        "current",
        "on",
        "val/acc",
        "by",
        "1%",
        "has",
        "tag",
        "=",
        ">=",
        "0.9",
        "(",
        ")",
        "lower",
        "not",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=12).map(" ".join)))
def test_any_text_is_a_rule_or_is_refused(text: str) -> None:
    with suppress(RuleError):
        assert parse_rule(text).text == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_any_file_holds_rules_or_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gates.toml").write_bytes(content)
    for read in (
        lambda: gates_file.rules_for(tmp_path, "churn", "Production"),
        lambda: gates_file.ruled(tmp_path),
    ):
        said = _refusal(read)
        assert said is None or str(tmp_path / "gates.toml") in said


def _refusal(read: Callable[[], object]) -> str | None:
    try:
        read()
    except GatesFileError as error:
        return str(error)
    return None
