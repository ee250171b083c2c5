"""One run, from start to finish, as the script that trains sees it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

from logger.checking import checked_metrics, checked_name, flat, shortened
from logger.frames import POINTS, SHAPE, PointEncoder
from logger.masking import mask_value
from logger.process import end_reason, end_status, one_line
from logger.recorder import Recorder
from logger.run_files import RunFiles
from logger.store.alerts import LEVELS
from logger.store.runs import FAILED, FINISHED, KILLED, RUNNING, STATUSES

if TYPE_CHECKING:
    from logger.code_capture import CodeCapture
    from logger.models import ModelVersion
    from logger.reading import History, RunData, RunInfo

# Shapes (sets of names logged together) that a run remembers. A script that logs ever new sets stays bounded.
_SHAPES = 4096


class Run(RunFiles):
    """A run that this process logs to. Made by `logger.start_run`; a context manager that finishes it.

    What a call recorded survives the death of the process. No method raises for a fault of the store; misuse raises.
    """

    def __init__(
        self,
        recorder: Recorder,
        uid: str,
        name: str,
        *,
        params: Mapping[str, str] | None = None,
        next_step: int = 0,
        ends_here: bool = True,
        on_finish: Callable[[Run], None] | None = None,
    ) -> None:
        self.id = uid
        self.name = name
        self._recorder = recorder
        self._params = dict(params or {})
        self._input_paths: dict[str, str] = {}
        self._next_step = next_step
        self._shapes: dict[tuple[str, ...], PointEncoder] = {}
        # A forked child has another pid, and so does not end its parent's run.
        self._ending_pid = os.getpid() if ends_here else None
        self._on_finish = on_finish
        self.code: CodeCapture | None = None
        """the taking of its code's state, where this process takes it"""
        self._why = ""
        self.status = RUNNING
        self.should_stop = False
        """whether somebody at the viewer has asked this run to stop; looked at ten times a second by another thread"""
        recorder.runs.add(self)

    def __repr__(self) -> str:
        return f"<Run {self.name} {self.id} {self.status}>"

    # Metrics.

    def log(
        self, metrics: Mapping[str, Any], step: int | None = None, *, timestamp: int | None = None
    ) -> None:
        """Record values of metrics at one step.

        `metrics`: by name; anything with `__float__` (Python, NumPy, 0-d tensors); a dict within nests: "a/b".
        `step`: counts up by itself from the last one where it is not given. `timestamp`: epoch milliseconds, else now.
        Raises TypeError or ValueError for what is not a number, an empty name or a negative timestamp.
        """
        now_ms = time.time_ns() // 1_000_000
        time_ms = now_ms if timestamp is None else timestamp
        recorder = self._recorder
        with recorder.lock:
            if step is None:
                step = self._next_step
            try:
                shape = self._shapes[tuple(metrics)]
                body = shape.encode(step, time_ms, metrics.values())
            except Exception:  # a new shape or odd values: looked at one by one
                metrics, step, time_ms = checked_metrics(metrics, step, time_ms)
                if not metrics:
                    return
                shape = self._shapes.get(tuple(metrics)) or self._define(tuple(metrics))
                body = shape.encode(step, time_ms, metrics.values())
            self._next_step = step + 1
            recorder.journal.append(POINTS, body)
        if now_ms > recorder.pace.starves_at:
            recorder.pace.give_way(now_ms)

    def log_aside(self, metrics: Mapping[str, float], step: int) -> None:
        """Record values that are not the training's own: its count of steps stays. After the end, nothing happens."""
        with self._recorder.lock:
            if self.status == RUNNING:
                kept = self._next_step
                self.log(metrics, step)
                self._next_step = kept

    def _define(self, keys: tuple[str, ...]) -> PointEncoder:
        """Record that these names belong together, before their first values."""
        if len(self._shapes) >= _SHAPES:
            self._shapes.clear()
        recorder = self._recorder
        number = recorder.next_shape()
        recorder.journal.append_json(SHAPE, {"shape": number, "run": self.id, "keys": keys})
        recorder.start_filing()
        shape = self._shapes[keys] = PointEncoder(number, len(keys))
        return shape

    def forget_journal(self) -> None:
        """The recorder has a new journal, in which no shape is defined yet."""
        self._shapes = {}

    # Params, tags, note.

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Record parameters, once each: the same value again is fine, another raises ValueError.

        Values become text; a dict within nests into "a/b" names. Secrets of known shapes are masked.
        """
        fresh: dict[str, str] = {}
        for key, value in flat(params):
            text = shortened(key, mask_value(key, str(value)))
            known = self._params.get(key, fresh.get(key))
            if known is None:
                fresh[key] = text
            elif known != text:
                raise ValueError(
                    f"param {key!r} of run {self.name} is {known!r} and cannot become {text!r}: params are set once"
                )
        if fresh:
            self._params.update(fresh)
            self._recorder.event("params", self.id, values=fresh)

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags; a tag that is there gets the new value."""
        self._recorder.event(
            "tags", self.id, values={checked_name(key): str(value) for key, value in tags.items()}
        )

    def delete_tag(self, key: str) -> None:
        """Remove a tag."""
        self._recorder.event("tags", self.id, values={key: None})

    def note(self, text: str) -> None:
        """Set the run's note."""
        self._recorder.event("note", self.id, note=str(text))

    def rename(self, name: str) -> None:
        self.name = name
        self._recorder.event("rename", self.id, name=name)

    def alert(self, title: str, text: str = "", level: str = "WARN", step: int | None = None) -> None:
        """Tell whoever watches: in the viewer, by its notification, by the command they have set.

        `level`: INFO, WARN or ERROR, in either case. Raises ValueError for another, or without a title.
        """
        level = {"WARNING": "WARN"}.get(level.upper(), level.upper())
        if level not in LEVELS:
            raise ValueError(f"unknown level {level!r}: use one of {', '.join(LEVELS)}")
        self._recorder.event(
            "alert",
            self.id,
            level=level,
            title=checked_name(title),
            text=str(text),
            step=None if step is None else int(step),
        )

    def set_git_dirty(self, dirty: bool) -> None:
        """Record whether the working tree had changes that are in no commit."""
        self._recorder.event("code", self.id, dirty=dirty)

    # Reading back, and the registry: these wait until the store has what was logged.

    @cached_property
    def info(self) -> RunInfo:
        """The run's identity under MLflow's names (`run_id`, `run_name`, `experiment_id` ...), as first asked for."""
        from logger.reading import get_run

        return get_run(self.id, store=self.store).info

    @property
    def data(self) -> RunData:
        """The run's latest metrics, params and tags under MLflow's names."""
        from logger.reading import get_run

        return get_run(self.id, store=self.store).data

    def history(self, key: str) -> History:
        """All points of a metric: steps, times (epoch seconds) and values, in order of arrival."""
        from logger.reading import metric_history

        return metric_history(self.id, key, store=self.store)

    def register_model(
        self, name: str, path: str, *, description: str = "", tags: Mapping[str, str] | None = None
    ) -> ModelVersion:
        """Make an artifact of this run the next version of a registered model, which is created where there is none.

        `path`: an artifact's name; a local file or directory of that path that is not one yet is logged first.
        Raises StoreError when the store cannot be written, FileNotFoundError when there is neither.
        """
        from logger.registering import register_artifact

        return register_artifact(self, name, path, description=description, tags=tags or {})

    # The end.

    def finish(self, status: str = FINISHED) -> None:
        """End the run and file everything; doing it twice changes nothing.

        `status`: FINISHED, FAILED or KILLED. Raises ValueError for another.
        """
        if status not in STATUSES:
            raise ValueError(f"unknown status {status!r}: use one of {', '.join(STATUSES)}")
        if self.end(status):
            self._recorder.drain()

    def end(self, status: str) -> bool:
        """Record the end without waiting for its filing; False when it has ended, or is not this process's to end."""
        if self.status != RUNNING or os.getpid() != self._ending_pid:
            return False
        # A signal may have come in the middle of anything: then nothing is waited for.
        if self.code is not None and end_status() != KILLED:
            self.code.wait()
        self.status = status
        self._recorder.event(
            "finish", self.id, status=status, ended=time.time(), why=self._why or end_reason()
        )
        if self._on_finish is not None:
            self._on_finish(self)
        return True

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        status = _status_after(error)
        recording = sys.modules.get("logger.console.recording")
        if recording is not None and error is not None and status != FINISHED:
            recording.note_failure(self.id, error)
        if status == FAILED and error is not None:
            self._why = one_line(error)
        self.finish(status)


def _status_after(error: BaseException | None) -> str:
    if end_status() == KILLED or isinstance(error, KeyboardInterrupt):
        return KILLED
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return FINISHED
    return FAILED
