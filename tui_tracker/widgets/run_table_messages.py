"""What the run table tells its owner."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from logger.store.fields import Field
from logger.store.runs import StoredRun


@dataclass
class PageWanted(Message):
    """Rows are about to be shown that the table has not got; it replaces every earlier one."""

    generation: int
    offset: int
    limit: int


@dataclass
class RowsShown(Message):
    """Other rows than before are on the screen."""


@dataclass
class RunHighlighted(Message):
    """The cursor has come to stand on another run, or on none: there is none, or it stands on a group."""

    run: StoredRun | None


@dataclass
class CursorMoved(Message):
    """A person moved the cursor."""


@dataclass
class RunOpened(Message):
    """A run was chosen with Enter or a double click."""

    run: StoredRun


@dataclass
class GroupToggled(Message):
    """A group was opened or closed by a person: the owner shows the list so."""

    key: tuple[str | None, ...]


@dataclass
class GroupMarked(Message):
    """A person asks for all runs of a group to be marked, or to be unmarked where they are."""

    key: tuple[str | None, ...]


@dataclass
class MarksChanged(Message):
    """A person marked runs or cleared their marks."""

    run_ids: frozenset[int]


@dataclass
class SortWanted(Message):
    """A person asks for the rows in the order of this field, or in the other direction if they are.

    `also`: after the keys by which they are sorted.
    """

    field: Field
    also: bool = False


@dataclass
class ColumnResized(Message):
    """A person drew a column's border to another place."""

    field: Field
    width: int
