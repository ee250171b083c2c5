"""Random histories of the registry against a model of it in plain Python, and against its own events."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from logger.store import registry, schema
from logger.store.registry import RegistryError

NAMES = st.sampled_from(["churn", "images"])
STAGES = st.sampled_from(registry.STAGES)
LIVE = st.sampled_from(registry.LIVE_STAGES)
ALIASES = st.sampled_from(["champion", "challenger"])
TEXTS = st.sampled_from(["", "good", "bad"])
Place = tuple[str, int]


@dataclass
class Expected:
    """What one version should look like."""

    stage: str = "None"
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)


class Registry(RuleBasedStateMachine):
    """Does things to a registry and, beside it, to dictionaries."""

    places = Bundle("places")

    def __init__(self) -> None:
        super().__init__()
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        schema.migrate(self.database)
        self.versions: dict[Place, Expected] = {}
        self.aliases: dict[tuple[str, str], int] = {}
        self.models: set[str] = set()
        self.given: dict[str, list[int]] = {"churn": [], "images": []}

    def teardown(self) -> None:
        self.database.close()

    @rule(target=places, name=NAMES)
    def register(self, name: str) -> Place:
        found = registry.register_version(self.database, name, run_uid=None, source="x")
        assert found.version not in self.given[name]
        assert found.version == max(self.given[name], default=0) + 1
        self.given[name].append(found.version)
        self.models.add(name)
        self.versions[name, found.version] = Expected()
        return name, found.version

    @rule(place=places, stage=STAGES, archive=st.booleans())
    def promote(self, place: Place, stage: str, archive: bool) -> None:
        name, number = place
        if place not in self.versions:
            with pytest.raises(RegistryError):
                registry.transition(self.database, name, number, stage, archive_existing=archive)
            return
        registry.transition(self.database, name, number, stage.upper(), archive_existing=archive)
        self.versions[place].stage = stage
        if archive and stage in registry.LIVE_STAGES:
            assert [found.version for found in self.at(name, stage)] == [number]
            for (other_name, other), expected in self.versions.items():
                if other_name == name and other != number and expected.stage == stage:
                    expected.stage = "Archived"

    @rule(name=NAMES, stage=LIVE)
    def roll_back(self, name: str, stage: str) -> None:
        if name not in self.models:
            return
        former = registry.former_holder(self.database, name, stage)
        present = registry.holder(self.database, name, stage)
        if former is None:
            with pytest.raises(RegistryError):
                registry.roll_back(self.database, name, stage)
            return
        registry.roll_back(self.database, name, stage)
        assert former != present
        held_before = [
            event for event in registry.history(self.database, name, former.version) if event.after == stage
        ]
        assert held_before
        self.versions[name, former.version].stage = stage
        if present is not None:
            self.versions[name, present.version].stage = "Archived"
        now_there = registry.holder(self.database, name, stage)
        assert now_there is not None
        assert now_there.version == former.version

    @rule(place=places, alias=ALIASES)
    def alias(self, place: Place, alias: str) -> None:
        if place in self.versions:
            registry.set_alias(self.database, place[0], alias, place[1])
            self.aliases[place[0], alias] = place[1]

    @rule(name=NAMES, alias=ALIASES)
    def unalias(self, name: str, alias: str) -> None:
        if (name, alias) in self.aliases:
            registry.delete_alias(self.database, name, alias)
            del self.aliases[name, alias]

    @rule(place=places, text=TEXTS)
    def describe(self, place: Place, text: str) -> None:
        if place in self.versions:
            registry.describe(self.database, place[0], text, version=place[1])
            self.versions[place].description = text

    @rule(place=places, value=TEXTS)
    def tag(self, place: Place, value: str) -> None:
        if place in self.versions:
            registry.set_tag(self.database, place[0], "owner", value, version=place[1])
            self.versions[place].tags["owner"] = value

    @rule(place=places)
    def untag(self, place: Place) -> None:
        if place in self.versions and self.versions[place].tags:
            registry.delete_tag(self.database, place[0], "owner", version=place[1])
            self.versions[place].tags.clear()

    @rule(target=places, place=consumes(places), keep=st.booleans())
    def delete_version(self, place: Place, keep: bool) -> object:
        if place in self.versions:
            registry.delete_version(self.database, *place)
            self.forget(place)
        return place if keep else multiple()

    @rule(name=NAMES)
    def delete_model(self, name: str) -> None:
        if name in self.models:
            registry.delete_model(self.database, name)
            self.models.remove(name)
            for place in [place for place in self.versions if place[0] == name]:
                self.forget(place)

    @invariant()
    def agrees(self) -> None:
        assert {model.name for model in registry.models(self.database)} == self.models
        found = {
            (name, version.version): Expected(version.stage, version.description, dict(version.tags))
            for name in self.models
            for version in registry.versions(self.database, name)
        }
        assert found == self.versions
        aliases = {
            (model.name, alias): number
            for model in registry.models(self.database)
            for alias, number in model.aliases.items()
        }
        assert aliases == self.aliases

    @invariant()
    def events_tell_everything(self) -> None:
        told: dict[Place, Expected] = {}
        for event in reversed(registry.history(self.database)):
            place = (event.model, event.version or 0)
            if event.action == "register":
                told[place] = Expected()
            elif event.action in ("stage", "roll-back"):
                assert told[place].stage == event.before
                told[place].stage = event.after
            elif event.action == "describe":
                assert told[place].description == event.before
                told[place].description = event.after
            elif event.action == "tag":
                key, _, value = event.after.partition("=")
                told[place].tags[key] = value
            elif event.action == "untag":
                del told[place].tags[event.before.partition("=")[0]]
            elif event.action == "delete" and event.version is not None:
                assert told.pop(place).stage == event.before
        assert told == self.versions

    def at(self, name: str, stage: str) -> list[registry.ModelVersion]:
        return [found for found in registry.versions(self.database, name) if found.stage == stage]

    def forget(self, place: Place) -> None:
        del self.versions[place]
        for key in [key for key, number in self.aliases.items() if (key[0], number) == place]:
            del self.aliases[key]


TestRegistry = Registry.TestCase
TestRegistry.settings = settings(max_examples=30, stateful_step_count=30)
