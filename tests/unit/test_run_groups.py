"""Which runs belong together: equal but for the seed, or sharing a param's value."""

from __future__ import annotations

from tui_tracker.model.run_groups import Grouping, grouped, groupings, is_seed, next_grouping

PARAMS = {
    run: {"lr": lr, "seed": str(run), "model.random_state": str(run), "data": "mnist"}
    for run, lr in enumerate(["0.1", "0.1", "0.01", "0.01", "0.1"], start=1)
}


def test_runs_are_grouped_by_all_params_but_seeds() -> None:
    found = grouped(PARAMS, Grouping())
    assert [(group.name, group.run_ids) for group in found] == [("lr=0.1", (1, 2, 5)), ("lr=0.01", (3, 4))]
    alike = {run: {"seed": str(run)} for run in (1, 2)}
    assert [(group.name, group.run_ids) for group in grouped(alike, Grouping())] == [("all runs", (1, 2))]


def test_the_ways_to_group_are_gone_through_and_end_with_none() -> None:
    assert groupings(PARAMS) == [Grouping(), Grouping(("lr",))]
    assert next_grouping(PARAMS, None) == Grouping()
    assert next_grouping(PARAMS, Grouping()) == Grouping(("lr",))
    assert next_grouping(PARAMS, Grouping(("lr",))) is None
    assert groupings({1: {"lr": "1"}, 2: {"lr": "2"}}) == []
    assert groupings({}) == []
    assert groupings(PARAMS, ["lr", "data"])[:2] == [Grouping(("lr", "data")), Grouping()]
    assert groupings(PARAMS, ["lr"]) == [Grouping(("lr",)), Grouping()]
    assert Grouping(("lr", "data")).label == "lr, data" and Grouping().label == "seeds"


def test_a_run_without_the_param_is_in_a_group_too_and_names_are_cleaned() -> None:
    hostile = {1: {"\x1b[2J[/]": "\u202ex"}, 2: {}, 3: {}}
    first, second = grouped(hostile, Grouping(("\x1b[2J[/]",)))
    assert "\x1b" not in first.name + second.name and "\u202e" not in first.name
    assert second.run_ids == (2, 3)


def test_seeds_are_told_by_their_names() -> None:
    assert all(map(is_seed, ("seed", "Seed", "model.seed", "data/random_state", "rng_seed")))
    assert not any(map(is_seed, ("seeds", "seedling", "lr", "proceed")))
