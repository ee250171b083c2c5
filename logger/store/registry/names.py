"""The registry's vocabulary: stages, and what may be the name of a model, an alias, a tag or an artifact's
path.

Each function returns the name as it is stored, or raises MalformedError with one sentence that says what is
allowed.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from logger.store.connection import MisuseError, StoreError

NO_STAGE, STAGING, PRODUCTION, ARCHIVED = "None", "Staging", "Production", "Archived"
STAGES = (NO_STAGE, STAGING, PRODUCTION, ARCHIVED)
# The stages that have a holder: moving a version there may archive the one that was there.
LIVE_STAGES = (STAGING, PRODUCTION)
# Whether a version can be used.
VERSION_STATUSES = ("READY", "PENDING_REGISTRATION", "FAILED_REGISTRATION")

_LONGEST_NAME = 250
_LONGEST_PATH = 4096
_ALIAS = re.compile(r"[\w-]+")
# `models:/n@latest` and `models:/n@v3` would read as the newest version and as version 3.
_RESERVED_ALIAS = re.compile(r"latest|v\d+", re.IGNORECASE)


class RegistryError(StoreError):
    """A change or a question that the registry refuses: the message is one sentence that says why."""


class MalformedError(RegistryError, MisuseError):
    """A name of something that can be in no registry."""


def stage_name(text: str) -> str:
    """The stage that `text` names in any case."""
    for stage in STAGES:
        if text.strip().casefold() == stage.casefold():
            return stage
    raise MalformedError(f"there is no stage {text!r}: it is one of {', '.join(STAGES)}")


def model_name(text: str) -> str:
    if not text.strip():
        raise MalformedError("a model needs a name")
    if text != text.strip():
        raise MalformedError(f"the model name {text!r} begins or ends with a space")
    if len(text) > _LONGEST_NAME:
        raise MalformedError(f"the model name has {len(text)} characters: {_LONGEST_NAME} are possible")
    if "/" in text or ":" in text:
        raise MalformedError(
            f"the model name {text!r} contains / or :, which separate the parts of a models:/ URI"
        )
    if not text.isprintable():
        raise MalformedError(f"the model name {text!r} contains a character that cannot be seen")
    return text


def alias_name(text: str) -> str:
    if len(text) > _LONGEST_NAME or not _ALIAS.fullmatch(text):
        raise MalformedError(f"{text[:40]!r} cannot be an alias: use letters, digits, _ and -")
    if _RESERVED_ALIAS.fullmatch(text):
        raise MalformedError(f"the alias {text!r} is reserved: latest and v<number> already mean a version")
    return text


def tag_key(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_NAME or not text.isprintable():
        raise MalformedError(
            f"{text[:40]!r} cannot be a tag: it needs 1 to {_LONGEST_NAME} printable characters"
        )
    return text


def plain(text: str) -> str:
    """Free text as the database can hold it: half a character (a lone surrogate) becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def artifact_name(text: str) -> str:
    """The path of an artifact within its run, with forward slashes and without `.` parts; "" for none."""
    if not text:
        return ""
    if len(text) > _LONGEST_PATH or not text.isprintable():
        raise MalformedError(
            f"the artifact path {text[:40]!r} is too long or contains a character that cannot be seen"
        )
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts:
        raise MalformedError(
            f"the artifact path {text!r} leaves its run: give it relative to the run's artifacts"
        )
    return str(path)
