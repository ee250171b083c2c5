"""MLflow's directory of files (`mlruns/`): runs and registered models, a file for each metric, param and tag."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from logger.store.columns import Points
from tui_tracker.importers import mlflow
from tui_tracker.importers.foreign import (
    Contents,
    ForeignError,
    ForeignModel,
    ForeignRun,
    ForeignVersion,
    Gathered,
)

_META = "meta.yaml"
_LIFE = "lifecycle_stage"
_MODELS = "models"
_VERSION_DIRECTORY = re.compile(r"version-(\d+)")


def recognises(path: Path) -> bool:
    return any(re.search(rb"^experiment_id:", found.read_bytes(), re.M) for found in path.glob(f"*/{_META}"))


def read(path: Path) -> Contents:
    runs: list[ForeignRun] = []
    artifacts: dict[str, str] = {}
    deleted = 0
    for experiment in sorted(found.parent for found in path.glob(f"*/{_META}")):
        about = _meta(experiment / _META)
        if "experiment_id" not in about:
            continue
        for directory in sorted(found.parent for found in experiment.glob(f"*/{_META}")):
            meta = _meta(directory / _META)
            uid = meta.get("run_id") or meta.get("run_uuid")
            if not uid:
                continue
            if {meta.get(_LIFE, mlflow.ACTIVE), about.get(_LIFE, mlflow.ACTIVE)} == {mlflow.ACTIVE}:
                artifacts[uid] = meta.get("artifact_uri", "")
                runs.append(_run(directory, uid, meta, about.get("name", experiment.name)))
            else:
                deleted += 1
    return Contents(mlflow.TRACKER, runs, _models(path / _MODELS, artifacts), deleted)


def _run(directory: Path, uid: str, meta: Mapping[str, str], experiment: str) -> ForeignRun:
    status = meta.get("status", "")
    if status.isdigit() and 0 < int(status) <= len(mlflow.STATUS_NUMBERS):
        status = mlflow.STATUS_NUMBERS[int(status) - 1]
    return mlflow.run_of(
        uid,
        experiment=experiment,
        name=meta.get("run_name", ""),
        status=status,
        started=_number(meta.get("start_time")),
        ended=_number(meta.get("end_time")),
        artifacts=meta.get("artifact_uri", ""),
        beside=directory / "artifacts",
        params=_texts(directory / "params"),
        tags=_texts(directory / "tags"),
        points=lambda: _points(directory / "metrics"),
    )


def _points(directory: Path) -> Iterator[Mapping[str, Points]]:
    gathered = Gathered()
    for path in _files(directory):
        key = path.relative_to(directory).as_posix()
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                # timestamp, value and, from MLflow 1.0 on, step.
                words = line.split()
                if len(words) < 2:
                    continue
                try:
                    time, value = int(words[0]) / 1000, float(words[1])
                    step = int(words[2]) if len(words) > 2 else 0
                except ValueError:
                    continue
                if gathered.add(key, step, time, value):
                    yield gathered.handed_on()
    yield gathered.handed_on()


def _models(directory: Path, artifacts: Mapping[str, str]) -> list[ForeignModel]:
    models = []
    for model in sorted(found.parent for found in directory.glob(f"*/{_META}")):
        meta = _meta(model / _META)
        aliases = _texts(model / "aliases")
        versions = []
        for found in model.glob("version-*"):
            number = _VERSION_DIRECTORY.fullmatch(found.name)
            about = _meta(found / _META)
            if number is None or not about:
                continue
            run, source = about.get("run_id", ""), about.get("source", "")
            versions.append(
                ForeignVersion(
                    number=int(number[1]),
                    run=mlflow.kept_uid(run) if run else None,
                    path=mlflow.within(source, artifacts.get(run, "")),
                    source=source,
                    stage=about.get("current_stage") or "None",
                    description=about.get("description", ""),
                    user=about.get("user_id", ""),
                    tags=_texts(found / "tags"),
                    aliases=tuple(alias for alias, target in aliases.items() if target == number[1]),
                )
            )
        versions.sort(key=lambda version: version.number)
        tags = _texts(model / "tags")
        models.append(
            ForeignModel(meta.get("name") or model.name, meta.get("description", ""), tags, tuple(versions))
        )
    return models


def _meta(path: Path) -> dict[str, str]:
    """The values of a `meta.yaml` that are no lists, as text; nulls are left out. Empty where there is none."""
    try:
        import yaml
    except ImportError:
        raise ForeignError(
            "MLflow's files hold YAML, and PyYAML is not installed: pip install 'tui-tracker[import]'"
        ) from None
    try:
        found = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError):
        return {}
    values = found if isinstance(found, dict) else {}
    return {str(key): str(value) for key, value in values.items() if isinstance(value, (str, int, float))}


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def _texts(directory: Path) -> dict[str, str]:
    """The contents of files by their paths below a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_text(
            encoding="utf-8", errors="replace"
        ).removesuffix("\n")
        for path in _files(directory)
    }


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
