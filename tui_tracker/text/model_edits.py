"""The commands of `tracker-tui model` that change what the registry says; each is told in the history."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing

from logger.registering import register_model
from logger.store import registry
from logger.store.connection import writing
from logger.store.registry import ModelVersion
from tui_tracker.text.asking import confirm
from tui_tracker.text.command import Command, Place, UsageError
from tui_tracker.text.table import Entry, Record, Sentence
from tui_tracker.text.version_argument import add_subject, chosen


def _register(arguments: Namespace, place: Place) -> Sentence:
    tags = dict(_pair(text) for text in arguments.tag)
    version = register_model(
        arguments.uri, arguments.model, description=arguments.description, tags=tags, store=place.store
    )
    return _sentence(f"registered v{version.version} of {version.name}", version.name, version.version)


def _register_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "uri", metavar="URI", help="runs:/ID/PATH, models:/NAME/3, or the path of an artifact"
    )
    parser.add_argument("model", metavar="MODEL", help="made where there is none of that name")
    parser.add_argument("--description", metavar="TEXT", default="")
    parser.add_argument("--tag", metavar="KEY=VALUE", action="append", default=[], help="may be repeated")


def _create(arguments: Namespace, place: Place) -> Sentence:
    tags = dict(_pair(text) for text in arguments.tag)
    with writing(place.store) as connection:
        registry.create_model(connection, arguments.model, description=arguments.description, tags=tags)
    return _sentence(f"made the model {arguments.model}, without a version yet", arguments.model, None)


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("--description", metavar="TEXT", default="")
    parser.add_argument("--tag", metavar="KEY=VALUE", action="append", default=[], help="may be repeated")


def _describe(arguments: Namespace, place: Place) -> Sentence:
    with writing(place.store) as connection:
        model, number = _subject(chosen(connection, arguments))
        registry.describe(connection, model, arguments.text, version=number)
    return _sentence(f"described {_label(model, number)}", model, number)


def _describe_arguments(parser: ArgumentParser) -> None:
    add_subject(parser)
    parser.add_argument("text", metavar="TEXT", help="the description; '' for none")


def _tag(arguments: Namespace, place: Place) -> Sentence:
    key, value = _pair(arguments.tag)
    with writing(place.store) as connection:
        model, number = _subject(chosen(connection, arguments))
        registry.set_tag(connection, model, key, value, version=number)
    return _sentence(f"{_label(model, number)} has the tag {key}={value}", model, number)


def _tag_arguments(parser: ArgumentParser) -> None:
    add_subject(parser)
    parser.add_argument("tag", metavar="KEY=VALUE", help="one that it has is set anew")


def _untag(arguments: Namespace, place: Place) -> Sentence:
    with writing(place.store) as connection:
        model, number = _subject(chosen(connection, arguments))
        registry.delete_tag(connection, model, arguments.tag, version=number)
    return _sentence(f"{_label(model, number)} has no tag {arguments.tag} any more", model, number)


def _untag_arguments(parser: ArgumentParser) -> None:
    add_subject(parser)
    parser.add_argument("tag", metavar="KEY")


def _rename(arguments: Namespace, place: Place) -> Sentence:
    with writing(place.store) as connection:
        registry.rename_model(connection, arguments.model, arguments.name)
    return _sentence(f"{arguments.model} is called {arguments.name} now", arguments.name, None)


def _rename_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("name", metavar="NAME", help="what it shall be called; its history goes along")


def _delete(arguments: Namespace, place: Place) -> Sentence:
    with closing(place.reader()) as connection:
        found = chosen(connection, arguments)
        model, number = _subject(found)
        consequences = _consequences(found, registry.versions(connection, model))
    confirm(arguments, consequences, needs_word=True)
    with writing(place.store) as connection:
        if number is None:
            registry.delete_model(connection, model)
        else:
            registry.delete_version(connection, model, number)
    return _sentence(f"deleted {_label(model, number)}", model, number)


def _consequences(found: ModelVersion | str, versions: Sequence[ModelVersion]) -> list[str]:
    gone = [version for version in versions if isinstance(found, str) or version.version == found.version]
    label = (
        f"{found} and its {len(gone)} versions"
        if isinstance(found, str)
        else _label(found.model, found.version)
    )
    lines = [f"this deletes {label}"]
    lines += [
        f"v{version.version} holds {version.stage}, which is left without it"
        for version in gone
        if version.stage in registry.LIVE_STAGES
    ]
    lines += [
        f"the alias {alias} goes with v{version.version}" for version in gone for alias in version.aliases
    ]
    return [*lines, "the runs, their files and the history stay; the numbers are not given again"]


def _delete_arguments(parser: ArgumentParser) -> None:
    add_subject(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask; needed where there is no terminal")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text[:40]!r} is no tag with its value: write it as reviewed=yes")
    return key, value


def _subject(found: ModelVersion | str) -> tuple[str, int | None]:
    return (found, None) if isinstance(found, str) else (found.model, found.version)


def _label(model: str, number: int | None) -> str:
    return model if number is None else f"v{number} of {model}"


def _sentence(text: str, model: str, number: int | None) -> Sentence:
    return Sentence(text, Record((Entry("model", model), Entry("version", number))))


REGISTER = Command(
    "register",
    "make an artifact of a run the next version of a model",
    _register,
    (
        "tracker-tui model register runs:/3f9a0c51/model.onnx digits-clf",
        "tracker-tui model register models:/candidate/latest digits-clf --tag from=candidate",
    ),
    _register_arguments,
    "The id of a run is written out in full, as `tracker-tui ls --json` has it.",
)
CREATE = Command(
    "create",
    "make a model without versions",
    _create,
    ("tracker-tui model create digits-clf --description 'Handwritten digits' --tag owner=ada",),
    _create_arguments,
)
DESCRIBE = Command(
    "describe",
    "set the description of a model or of a version",
    _describe,
    (
        "tracker-tui model describe digits-clf 'Handwritten digits, 8 by 8'",
        "tracker-tui model describe digits-clf/3 'with augmentation'",
    ),
    _describe_arguments,
)
TAG = Command(
    "tag",
    "set a tag of a model or of a version",
    _tag,
    ("tracker-tui model tag digits-clf/3 reviewed=yes", "tracker-tui model tag digits-clf owner=ada"),
    _tag_arguments,
)
UNTAG = Command(
    "untag",
    "remove a tag of a model or of a version",
    _untag,
    ("tracker-tui model untag digits-clf/3 reviewed",),
    _untag_arguments,
)
RENAME = Command(
    "rename",
    "give a model another name",
    _rename,
    ("tracker-tui model rename digits-clf digits-mlp",),
    _rename_arguments,
)
DELETE = Command(
    "delete",
    "delete a version, or a model with all its versions",
    _delete,
    ("tracker-tui model delete digits-clf/2", "tracker-tui model delete digits-clf --yes"),
    _delete_arguments,
    "Runs, files and the history stay, and the numbers are not given again.",
)
