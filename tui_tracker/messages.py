"""Messages that more than one part of the viewer sends or hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from logger.store.alerts import Alert


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
