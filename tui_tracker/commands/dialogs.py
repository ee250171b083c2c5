"""Keys of dialogs, each of which binds them to actions of its own."""

from __future__ import annotations

from tui_tracker.commands.base import CommandClass, Hints, WidgetKey

GROUP = "Dialogs"


class Leave(WidgetKey):
    """Leave; nothing is changed."""

    id = "dialog.leave"
    key = "escape"
    group = GROUP


class Close(WidgetKey):
    """Close what is only read."""

    id = "dialog.close"
    key = "escape,q"
    group = GROUP


class Confirm(WidgetKey):
    """Do what is asked."""

    id = "dialog.confirm"
    key = "ctrl+s"
    group = GROUP


class NextLine(WidgetKey):
    """Next line, and from the last to the button."""

    id = "dialog.next_line"
    key = "enter"
    group = GROUP


class OpenEditor(WidgetKey):
    """Write in $EDITOR."""

    id = "dialog.editor"
    key = "ctrl+o"
    group = GROUP


class RemoveAlias(WidgetKey):
    """Remove the alias."""

    id = "dialog.remove_alias"
    key = "ctrl+r"
    group = GROUP


class Accept(WidgetKey):
    """Take what the list says."""

    id = "pick.accept"
    key = "enter"
    group = GROUP


class PickUp(WidgetKey):
    """Up, while letters search."""

    id = "pick.up"
    key = "up"
    group = GROUP


class PickDown(WidgetKey):
    """Down, while letters search."""

    id = "pick.down"
    key = "down"
    group = GROUP


class PickPageUp(WidgetKey):
    """A page up, while letters search."""

    id = "pick.page_up"
    key = "pageup"
    group = GROUP


class PickPageDown(WidgetKey):
    """A page down, while letters search."""

    id = "pick.page_down"
    key = "pagedown"
    group = GROUP


class PickToggle(WidgetKey):
    """Show it or hide it."""

    id = "pick.toggle"
    key = "space"
    group = GROUP


class PickMoveUp(WidgetKey):
    """Move it up."""

    id = "pick.move_up"
    key = "ctrl+up,shift+up"
    group = GROUP


class PickMoveDown(WidgetKey):
    """Move it down."""

    id = "pick.move_down"
    key = "ctrl+down,shift+down"
    group = GROUP


class PickPin(WidgetKey):
    """Pin a chart."""

    id = "pick.pin"
    key = "tab"
    group = GROUP


class PickOnly(WidgetKey):
    """Only this chart."""

    id = "pick.only"
    key = "ctrl+o"
    group = GROUP


class PickAll(WidgetKey):
    """All charts."""

    id = "pick.all"
    key = "ctrl+a"
    group = GROUP


class SaveView(WidgetKey):
    """Save the view."""

    id = "pick.save_view"
    key = "ctrl+s"
    group = GROUP


class DeleteView(WidgetKey):
    """Delete the view."""

    id = "pick.delete_view"
    key = "ctrl+d"
    group = GROUP


class ViewAtFirst(WidgetKey):
    """Show the view at first."""

    id = "pick.view_at_first"
    key = "ctrl+t"
    group = GROUP


DIALOG_KEYS: tuple[CommandClass, ...] = (Leave, Confirm, NextLine, OpenEditor, RemoveAlias)
READING_KEYS: tuple[CommandClass, ...] = (Close,)
CHOOSING: Hints = ((Accept, "chooses"), (Leave, "leaves"))
"""What is said below a list of which one is chosen."""
COPYING: Hints = ((Accept, "copies"), (Leave, "leaves"))
PICK_KEYS: tuple[CommandClass, ...] = (
    Leave,
    Accept,
    PickUp,
    PickDown,
    PickPageUp,
    PickPageDown,
    PickToggle,
    PickMoveUp,
    PickMoveDown,
)
CHART_PICK_KEYS: tuple[CommandClass, ...] = (*PICK_KEYS, PickPin, PickOnly, PickAll)
VIEW_PICK_KEYS: tuple[CommandClass, ...] = (*PICK_KEYS, SaveView, DeleteView, ViewAtFirst)
