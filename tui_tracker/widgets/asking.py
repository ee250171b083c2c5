"""Asking the store from a screen or widget: the answer arrives as a message, and never after a newer question's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual.dom import DOMNode
from textual.message import Message
from textual.worker import get_current_worker

from logger.store.connection import Reader, StoreError
from tui_tracker.messages import ReadFailed
from tui_tracker.model.source import Source

T = TypeVar("T")


def ask(
    node: DOMNode,
    source: Source,
    group: str,
    question: Callable[[Reader], T],
    answer: Callable[[T], Message],
) -> None:
    """Ask in a thread and post `answer(...)` to the node, or ReadFailed.

    A newer question of the same node and group interrupts this one; its answer is then not posted. An answer that was
    posted just before may still be on its way: where that matters, let the message carry a generation.
    """

    def work() -> None:
        worker = get_current_worker()
        message: Message
        try:
            message = answer(source.read(question, interrupted=lambda: worker.is_cancelled))
        except StoreError as error:
            message = ReadFailed(group, str(error))
        if not worker.is_cancelled:
            node.post_message(message)

    node.run_worker(work, group=group, exclusive=True, exit_on_error=False, thread=True)
