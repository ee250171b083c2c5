"""What a name stands for, or an error that says what it could have been."""

from __future__ import annotations

from collections.abc import Collection

from logger.store.fields import ATTRIBUTES, DATASET_KEYS, Field, Names, attribute
from logger.store.query.errors import FilterError, listing, shown, suggestion
from logger.store.query.syntax import Name

# What MLflow keeps in tags and this store in a run's attributes; a run may still log such a tag itself.
MLFLOW_TAGS = {
    "mlflow.runName": "name",
    "mlflow.user": "user",
    "mlflow.note.content": "note",
    "mlflow.parentRunId": "parent",
    "mlflow.source.name": "source",
    "mlflow.source.git.commit": "commit",
}


def resolve(name: Name, text: str, names: Names) -> Field:
    """The field that a name in `text` stands for. Raises FilterError when there is none.

    A name with a prefix needs no run that has it: as in MLflow, `metrics.x > 1` is then true of none.
    """
    if name.aggregate:
        if name.kind is None and name.key not in names.metrics:
            raise _unknown(name, text, "metric", names.metrics)
        return Field("metric", name.key, name.aggregate)
    if name.kind == "attribute":
        canonical = attribute(name.key)
        if canonical:
            return Field("attribute", canonical)
        # A run may have logged something like `run.time`.
        field = names.resolve(name.bare)
        if field is None:
            raise _unknown(name, text, "attribute", ATTRIBUTES)
        return field
    if name.kind == "tag" and name.key in MLFLOW_TAGS and name.key not in names.tags:
        return Field("attribute", MLFLOW_TAGS[name.key])
    if name.kind == "dataset":
        return _of_dataset(name, text, names)
    if name.kind:
        return Field(name.kind, name.key)
    field = names.resolve(name.key)
    canonical = attribute(name.key)
    if field is None and canonical:
        field = Field("attribute", canonical)
    if field is None:
        known = names.metrics | names.params | names.tags | ATTRIBUTES.keys()
        raise _unknown(name, text, "metric, param, tag or attribute", known)
    return field


def _of_dataset(name: Name, text: str, names: Names) -> Field:
    """Something of a data set, unless a run has logged a thing of just that name, as a nested configuration may."""
    logged = names.resolve(name.bare)
    if logged is not None:
        return logged
    if name.key not in DATASET_KEYS:
        raise _unknown(name, text, "property of a data set", DATASET_KEYS)
    return Field("dataset", name.key)


def _unknown(name: Name, text: str, kind: str, known: Collection[str]) -> FilterError:
    logged = sorted(option for option in known if option not in ATTRIBUTES)
    options = listing([*logged[:3], *(option for option in ATTRIBUTES if option in known)])
    hint = suggestion(name.key, known) or (
        f"possible are {options}" if options else f"no run has a {kind} yet"
    )
    return FilterError(
        text, name.start, name.end - name.start, f"no {kind} is called {shown(name.key)}: {hint}"
    )
