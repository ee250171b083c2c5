"""What MLflow's two stores have in common: the tags in which it keeps attributes, where artifacts are, statuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from logger.store.columns import Points
from logger.store.runs import FAILED, FINISHED, KILLED, LOST
from tui_tracker.importers.foreign import ForeignRun, is_uid, uid_of

TRACKER = "MLflow"
ACTIVE = "active"
# The order of RunStatus in mlflow/protos/service.proto, from 1 on; the file store keeps numbers.
STATUS_NUMBERS = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
_ENDED = {"FINISHED": FINISHED, "FAILED": FAILED, "KILLED": KILLED}
_RUN_NAME, _PARENT, _NOTE = "mlflow.runName", "mlflow.parentRunId", "mlflow.note.content"
_SOURCE, _COMMIT, _USER = "mlflow.source.name", "mlflow.source.git.commit", "mlflow.user"
_KNOWN = {_RUN_NAME, _PARENT, _NOTE, _SOURCE, _COMMIT, _USER}


def run_of(
    uid: str,
    *,
    experiment: str,
    name: str,
    status: str,
    started: float | None,
    ended: float | None,
    artifacts: str,
    beside: Path,
    params: Mapping[str, str],
    tags: Mapping[str, str],
    points: Callable[[], Iterator[Mapping[str, Points]]],
) -> ForeignRun:
    """A run; `started` and `ended` are epoch milliseconds, `artifacts` the URI of its artifacts.

    `beside` is where they are when all was copied here from elsewhere.
    """
    began = (started or 0) / 1000
    return ForeignRun(
        uid=kept_uid(uid),
        experiment=experiment,
        name=tags.get(_RUN_NAME) or name or uid[:8],
        status=_ENDED.get(status, LOST),
        started=began,
        ended=max(began, (ended or started or 0) / 1000),
        points=points,
        columns={
            "user": tags.get(_USER, ""),
            "source": tags.get(_SOURCE, ""),
            "git_commit": tags.get(_COMMIT, ""),
            "note": tags.get(_NOTE, ""),
        },
        params=params,
        tags={key: value for key, value in tags.items() if key not in _KNOWN},
        parent=kept_uid(tags[_PARENT]) if tags.get(_PARENT) else None,
        files=_artifacts(artifacts, uid) or (beside if beside.is_dir() else None),
    )


def kept_uid(uid: str) -> str:
    return uid if is_uid(uid) else uid_of(TRACKER, uid)


def local_path(uri: str) -> Path | None:
    """Where a path or `file:` URI leads on this machine; None for what is elsewhere."""
    parts = urlsplit(uri)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        return None
    path = Path(unquote(parts.path) if parts.scheme else uri)
    return path if path.is_absolute() else None


def _artifacts(uri: str, uid: str) -> Path | None:
    """The directory of a run's artifacts; None where it is not called as MLflow calls it, and may be anything."""
    path = local_path(uri)
    return path if path is not None and path.parts[-2:] == (uid, "artifacts") and path.is_dir() else None


def within(source: str, artifacts: str) -> str:
    """The path within a run's artifacts that a model version's source is; empty where it is none of them."""
    here, above = local_path(source), local_path(artifacts)
    if here is None or above is None or not here.is_relative_to(above):
        return ""
    path = here.relative_to(above)
    return "" if path == Path() else str(PurePosixPath(path))
