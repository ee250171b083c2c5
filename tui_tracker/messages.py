"""Messages that more than one part of the viewer sends or hears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.message import Message

from logger.store.alerts import Alert
from logger.store.artifacts import Artifact


@dataclass
class StoreChanged(Message, bubble=False):
    """Someone committed to the store. The app hands it to the screens that show."""

    run_ids: frozenset[int]
    """the runs that changed, new ones among them"""
    structure: bool = False
    """whether runs, experiments or the registry were added to or taken from"""


@dataclass
class StoreFailed(Message, bubble=False):
    """The store could not be read; the watcher goes on trying."""

    reason: str
    """one sentence: what is wrong and what to do"""


@dataclass
class AlertsRaised(Message, bubble=False):
    """Runs have something to tell, since the last time they had."""

    alerts: Sequence[Alert]
    """oldest first"""


@dataclass
class OpenArtifactAsked(Message):
    """A file of a run is to be opened outside the viewer."""

    uid: str
    file: Artifact


@dataclass
class CopyArtifactsAsked(Message):
    """A file of a run, or all below a folder of it, is to be copied out of the store."""

    uid: str
    path: str
    """of the file or folder"""
    files: Sequence[Artifact]
    tell: Callable[[str], object]
    """shows how far the copying has come"""
