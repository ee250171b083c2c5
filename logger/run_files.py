"""The part of a run that keeps files: artifacts, texts, figures, images, tables."""

from __future__ import annotations

import io
import json
import time
import warnings
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from logger.recorder import Recorder
from logger.store.locate import Store


class RunFiles:
    """Logging of files for `Run`.

    A name that could leave the run's directory, or a source that is not there, raises (ValueError, OSError), as does
    data that cannot be written as the format asks. A fault of the store (a full disk) is told by a warning instead, and
    the file is recorded as incomplete until it is logged again.
    """

    id: str
    _recorder: Recorder
    _input_paths: dict[str, str]
    """where the data sets that this process has logged are, by name"""

    @property
    def store(self) -> Store:
        """The store that the run is recorded in."""
        return self._recorder.store

    def log_artifact(
        self, local_path: str | PathLike[str], artifact_path: str | None = None, *, step: int | None = None
    ) -> None:
        """Copy a file or a directory into the run, below the directory `artifact_path` where one is given."""
        source = Path(local_path)
        if source.is_dir():
            self.log_artifacts(source, _join(artifact_path, source.resolve().name), step=step)
            return
        # A file that is not there is the caller's mistake, not the store's.
        source.stat()
        self._copy(source, _join(artifact_path, source.name), step)

    def log_artifacts(
        self, local_dir: str | PathLike[str], artifact_path: str | None = None, *, step: int | None = None
    ) -> None:
        """Copy what is in a directory into the run, below `artifact_path` where one is given."""
        from logger.artifacts import files_below

        top = Path(local_dir)
        if not top.is_dir():
            raise NotADirectoryError(f"{top} is not a directory: log_artifact takes a file")
        # The store itself may lie below: it would be copied into itself without end.
        for path in files_below(top, self.store.directory):
            self._copy(path, _join(artifact_path, path.relative_to(top).as_posix()), step)

    def log_text(self, text: str, artifact_file: str) -> None:
        """Keep a text (UTF-8) as a file of the run."""
        self._write(text.encode("utf-8", "replace"), artifact_file)

    def log_bytes(self, data: bytes, artifact_file: str) -> None:
        """Keep bytes as a file of the run."""
        self._write(data, artifact_file)

    def log_dict(self, dictionary: Mapping[str, Any] | list[Any], artifact_file: str) -> None:
        """Keep a dictionary or list as JSON, or as YAML where the name ends in .yml or .yaml (needs PyYAML)."""
        if artifact_file.lower().endswith((".yml", ".yaml")):
            import yaml

            text = yaml.safe_dump(dictionary, sort_keys=False, allow_unicode=True)
        else:
            text = json.dumps(dictionary, indent=2, ensure_ascii=False, default=str)
        self.log_text(text, artifact_file)

    def log_figure(
        self, figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None
    ) -> None:
        """Keep a matplotlib figure in the format of the name's suffix, or a plotly one as HTML."""
        if hasattr(figure, "savefig"):
            buffer = io.BytesIO()
            suffix = Path(artifact_file).suffix.removeprefix(".") or "png"
            figure.savefig(buffer, format=suffix, **(save_kwargs or {}))
            self._write(buffer.getvalue(), artifact_file)
        elif hasattr(figure, "write_html"):
            page = io.StringIO()
            figure.write_html(page, **(save_kwargs or {}))
            self.log_text(page.getvalue(), artifact_file)
        else:
            raise TypeError(f"log_figure takes a matplotlib or plotly figure, not {type(figure).__name__}")

    def log_image(
        self, image: Any, artifact_file: str | None = None, *, key: str | None = None, step: int | None = None
    ) -> None:
        """Keep a PIL image, or an array of height x width (x 3 or 4) that PIL makes one of, as a file.

        By name, or by `key` and `step` as images/<key>/<step>.png.
        """
        if (artifact_file is None) == (key is None):
            raise TypeError("log_image takes either a file name or a key")
        name = artifact_file or f"images/{key}/{step or 0:08}.png"
        if not hasattr(image, "save"):
            from PIL import Image

            image = Image.fromarray(image)
        buffer = io.BytesIO()
        image.save(
            buffer, format={"jpg": "jpeg"}.get(suffix := Path(name).suffix[1:].lower(), suffix or "png")
        )
        self._write(buffer.getvalue(), name, step)

    def log_table(self, data: Any, artifact_file: str) -> None:
        """Keep a table (a dict of columns, or a pandas DataFrame) as JSON; rows are appended to what the file holds."""
        from logger.store.artifacts import directory, safe_path

        if hasattr(data, "to_dict"):
            data = data.to_dict(orient="list")
        columns = {
            str(name): list(values) if isinstance(values, (list, tuple)) else [values]
            for name, values in data.items()
        }
        present = directory(self.store, self.id) / safe_path(artifact_file)
        rows = [list(row) for row in zip(*columns.values(), strict=True)]
        names = list(columns)
        if present.is_file():
            before = json.loads(present.read_text())
            if before["columns"] != names:
                raise ValueError(f"{artifact_file} has columns {before['columns']}, not {names}")
            rows = before["data"] + rows
        self._write(json.dumps({"columns": names, "data": rows}, default=str).encode(), artifact_file)

    def log_input(
        self, dataset: Any, context: str | None = "training", tags: Any = None, *, name: str | None = None
    ) -> None:
        """Record a data set that the run reads: where it is, how large, and the hash of its content.

        `dataset`: a file, a directory (taken as a whole), or an object with `name`, `source` and `digest` such as
        MLflow's. `name`: else that of the file. `context`: what it is used for. `tags` are MLflow's and not kept.
        The hash is remembered in the store as long as the file does not change, so it is read only once. What cannot be
        read is told by a warning; a path that leads nowhere, or to what is neither file nor directory, raises.
        """
        del tags
        if isinstance(dataset, (str, PathLike)):
            self._log_data(Path(dataset), context or "", name)
            return
        from logger.inputs import described

        found = described(dataset)
        if found.path and Path(found.path).exists():
            self._log_data(Path(found.path), context or "", name or found.name)
            return
        self._input(
            name or found.name, found.path, context=context or "", size=0, files=0, sha256=found.sha256
        )

    def _log_data(self, path: Path, context: str, name: str | None) -> None:
        from logger.inputs import fingerprint
        from logger.store.hash_cache import HashCache

        # A path that leads nowhere is the caller's mistake, not the disk's.
        path.stat()
        try:
            found = fingerprint(path, HashCache(self.store))
        except OSError as error:
            warnings.warn(
                f"tui-tracker could not hash the data in {path} ({error}): training goes on, and the run has no"
                " record of this data set",
                RuntimeWarning,
                stacklevel=4,
            )
            return
        place = _without_climbs(path.absolute())
        self._input(
            name or self._free_name(place),
            str(place),
            context=context,
            size=found.size,
            files=found.files,
            sha256=found.sha256,
        )

    def _free_name(self, path: Path) -> str:
        """The name of a data set by its path: as much of its end as tells it from the others of this run."""
        parts = [part for part in path.parts if part != path.anchor] or [str(path)]
        for count in range(1, len(parts) + 1):
            name = "/".join(parts[-count:])
            if self._input_paths.get(name, str(path)) == str(path):
                return name
        return str(path)

    def _input(self, name: str, path: str, **values: Any) -> None:
        if not name.strip():
            raise ValueError("a data set needs a name that is not blank")
        # What cannot be stored as UTF-8 shows as such.
        name, path = (text.encode("utf-8", "backslashreplace").decode() for text in (name, path))
        self._input_paths[name] = path
        self._recorder.event("input", self.id, name=name, path=path, created=time.time(), **values)

    def _copy(self, source: Path, name: str, step: int | None) -> None:
        from logger import artifacts

        announced = artifacts.announced(self.store, self.id, source, name, step)
        if announced is not None:
            self._recorder.event("artifact", self.id, **announced)
        self._keep(lambda: artifacts.copy_file(self.store, self.id, source, name, step), name, step)

    def _write(self, data: bytes, name: str, step: int | None = None) -> None:
        from logger.artifacts import write_bytes

        self._keep(lambda: write_bytes(self.store, self.id, data, name, step), name, step)

    def _keep(self, write: Callable[[], dict[str, Any]], name: str, step: int | None) -> None:
        from logger.artifacts import incomplete

        try:
            values = write()
        except OSError as error:
            left = incomplete(self.store, self.id, name, step)
            state = "it keeps what it was" if left is None else "it is marked incomplete"
            warnings.warn(
                f"tui-tracker could not keep artifact {name!r} ({error}): training goes on, {state}, and logging it"
                " again completes it",
                RuntimeWarning,
                stacklevel=4,
            )
            if left is not None:
                self._recorder.event("artifact", self.id, **left)
            return
        self._recorder.event("artifact", self.id, **values)
        self._recorder.syncing.later(self.store.artifacts / self.id / values["path"])


def _without_climbs(path: Path) -> Path:
    """An absolute path without `..`, as given otherwise: what is climbed out of is looked up, it may be a link."""
    parts = path.parts
    if ".." not in parts:
        return path
    after = len(parts) - parts[::-1].index("..")
    return Path(*parts[:after]).resolve().joinpath(*parts[after:])


def _join(folder: str | None, name: str) -> str:
    return f"{folder}/{name}" if folder else name
