"""Asking the store from a screen or widget: in a thread, the newest of a kind before all older ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from textual.dom import DOMNode

from logger.store.connection import Reader, StoreError
from tui_tracker.model.source import Source

T = TypeVar("T")


class Questions:
    """The questions that one screen or widget has asked."""

    def __init__(self, node: DOMNode, source: Source) -> None:
        self._node = node
        self._source = source
        self._newest: dict[str, int] = {}
        self._open: set[str] = set()

    def ask(
        self,
        kind: str,
        question: Callable[[Reader], T],
        deliver: Callable[[T], Any],
        failed: Callable[[str], Any] | None = None,
        *,
        behind: bool = False,
    ) -> None:
        """Ask, and call `deliver` with the answer, or `failed` with one sentence, as the node's next message.

        A newer question of the same kind interrupts this one, and then neither is called. `behind`: no key waits for
        the answer, see `Source.read`.
        """
        token = self._newest.get(kind, 0) + 1
        self._newest[kind] = token
        self._open.add(kind)

        def outdated() -> bool:
            return self._newest[kind] != token

        def close(then: Callable[[Any], Any], value: Any) -> Any:
            if outdated() or not self._node.is_attached:
                return None
            self._open.discard(kind)
            return then(value)

        def work() -> None:
            try:
                answer = self._source.read(question, interrupted=outdated, behind=behind)
            except StoreError as error:
                self._node.call_later(close, failed or _ignore, str(error))
            except Exception as error:  # a fault of ours: said, rather than a screen that waits for ever
                reason = f"reading failed in a way nobody foresaw ({type(error).__name__}: {error})"
                self._node.call_later(close, failed or _ignore, reason)
            else:
                self._node.call_later(close, deliver, answer)

        self._node.run_worker(work, name=kind, group=kind, exit_on_error=False, thread=True)

    def is_open(self, kind: str) -> bool:
        """Whether an answer of this kind is still to come."""
        return kind in self._open

    def withdraw(self, kind: str) -> None:
        """Whatever was asked of this kind, no answer is wanted any more."""
        self._newest[kind] = self._newest.get(kind, 0) + 1
        self._open.discard(kind)


def timed(question: Callable[[Reader], T]) -> Callable[[Reader], tuple[T, float]]:
    """The question, answered together with the seconds of a core that it took."""

    def ask(reader: Reader) -> tuple[T, float]:
        started = time.thread_time()
        return question(reader), time.thread_time() - started

    return ask


def _ignore(_reason: str) -> None:
    """Another question will fail for the same reason and say so."""
