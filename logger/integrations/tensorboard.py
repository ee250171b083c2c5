"""A `SummaryWriter` with the methods of torch.utils.tensorboard's (and tensorboardX's), which logs to a run.

    from logger.integrations.tensorboard import SummaryWriter

Scalars become metrics; text, images, figures and histograms artifacts by tag and step. What a terminal cannot show
(graphs, audio, video, embeddings, meshes) is left out, with one warning a kind.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from logger.integrations.borrowing import BorrowedRun, numbers, record_params

_BINS = 64


class SummaryWriter:
    """Logs to the active run, or to one of its own, named after `log_dir`, which `close` ends.

    No event file is written: `purge_step`, `max_queue`, `flush_secs` and `filename_suffix` are taken and mean nothing.
    """

    def __init__(
        self,
        log_dir: str | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
        *,
        experiment: str | None = None,
        **starting: Any,
    ) -> None:
        self.log_dir = str(log_dir) if log_dir else f"runs{comment}"
        name = Path(self.log_dir).name if log_dir else comment.strip("_-") or None
        self._borrowed = BorrowedRun(experiment, **{"run_name": name, **starting})
        self._told: set[str] = set()
        self._borrowed.run  # noqa: B018 - the run begins with its writer, not with its first scalar

    def get_logdir(self) -> str:
        return self.log_dir

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """A point of the metric `tag`."""
        self._log({tag: scalar_value}, global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """A point of each metric `main_tag/name`."""
        self._log(
            {f"{main_tag}/{tag}": value for tag, value in tag_scalar_dict.items()}, global_step, walltime
        )

    def add_hparams(
        self,
        hparam_dict: Mapping[str, Any],
        metric_dict: Mapping[str, Any],
        hparam_domain_discrete: Any = None,
        run_name: str | None = None,
        global_step: int | None = None,
    ) -> None:
        """Params of this run, and their final metrics."""
        record_params(self._borrowed.run, hparam_dict)
        self._log(metric_dict, global_step, None)

    def add_text(
        self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        self._borrowed.run.log_text(text_string, _file("text", tag, global_step, "md"))

    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """An image, as an array of the order `dataformats` says, of bytes or of floats from 0 to 1."""
        name = _file("images", tag, global_step, "png")
        self._borrowed.run.log_image(_pixels(img_tensor, dataformats), name, step=global_step)

    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Several images of one size, each with its number behind the tag."""
        order = dataformats.upper()
        for number, image in enumerate(_array(img_tensor).swapaxes(0, order.index("N"))):
            self.add_image(f"{tag}/{number}", image, global_step, dataformats=order.replace("N", ""))

    def add_figure(
        self,
        tag: str,
        figure: Any,
        global_step: int | None = None,
        close: bool = True,
        walltime: float | None = None,
    ) -> None:
        """A matplotlib figure, or a list of them, as PNG."""
        for number, one in enumerate(figure if isinstance(figure, list) else [figure]):
            name = f"{tag}/{number}" if isinstance(figure, list) else tag
            self._borrowed.run.log_figure(one, _file("figures", name, global_step, "png"))
            if close:
                from matplotlib import pyplot

                pyplot.close(one)

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: int | None = None,
        bins: Any = _BINS,
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """Counts between edges as JSON, and mean, spread, least and greatest value as metrics `tag/mean` ..."""
        import numpy as np

        array = _array(values).ravel()
        finite = array[np.isfinite(array)]
        if not finite.size:
            return
        counts, edges = np.histogram(finite, bins=bins if isinstance(bins, int) else _BINS)
        data = {"counts": counts.tolist(), "edges": edges.tolist(), "left_out": int(array.size - finite.size)}
        self._borrowed.run.log_text(json.dumps(data), _file("histograms", tag, global_step, "json"))
        summary = {"mean": finite.mean(), "std": finite.std(), "min": finite.min(), "max": finite.max()}
        self._log({f"{tag}/{name}": value for name, value in summary.items()}, global_step, None)

    def add_histogram_raw(
        self,
        tag: str,
        min: float,
        max: float,
        num: int,
        sum: float,
        sum_squares: float,
        bucket_limits: Any,
        bucket_counts: Any,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Counts that were made elsewhere, each up to its limit."""
        data = {"counts": list(map(int, bucket_counts)), "limits": list(map(float, bucket_limits))}
        self._borrowed.run.log_text(json.dumps(data), _file("histograms", tag, global_step, "json"))
        found = {f"{tag}/min": min, f"{tag}/max": max, f"{tag}/mean": sum / num if num else float("nan")}
        self._log(found, global_step, walltime)

    def add_image_with_boxes(
        self,
        tag: str,
        img_tensor: Any,
        box_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        rescale: float = 1,
        dataformats: str = "CHW",
        labels: Any = None,
    ) -> None:
        """The image; the boxes are kept beside it as JSON."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)
        boxes = {"boxes": _array(box_tensor).tolist(), "labels": list(labels or [])}
        self._borrowed.run.log_text(json.dumps(boxes), _file("images", tag, global_step, "boxes.json"))

    def add_tensor(
        self, tag: str, tensor: Any, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        """The values, as a .npy file."""
        import numpy as np

        buffer = io.BytesIO()
        np.save(buffer, _array(tensor), allow_pickle=False)
        self._borrowed.run.log_bytes(buffer.getvalue(), _file("tensors", tag, global_step, "npy"))

    def add_graph(self, *_: Any, **__: Any) -> None:
        self._leave_out("graphs")

    def add_onnx_graph(self, *_: Any, **__: Any) -> None:
        self._leave_out("graphs")

    def add_embedding(self, *_: Any, **__: Any) -> None:
        self._leave_out("embeddings")

    def add_audio(self, *_: Any, **__: Any) -> None:
        self._leave_out("audio")

    def add_video(self, *_: Any, **__: Any) -> None:
        self._leave_out("videos")

    def add_mesh(self, *_: Any, **__: Any) -> None:
        self._leave_out("meshes")

    def add_pr_curve(self, *_: Any, **__: Any) -> None:
        self._leave_out("precision-recall curves")

    def add_pr_curve_raw(self, *_: Any, **__: Any) -> None:
        self._leave_out("precision-recall curves")

    def add_custom_scalars_marginchart(self, *_: Any, **__: Any) -> None:
        """As `add_custom_scalars`."""

    def add_custom_scalars_multilinechart(self, *_: Any, **__: Any) -> None:
        """As `add_custom_scalars`."""

    def add_custom_scalars(self, *_: Any, **__: Any) -> None:
        """A layout of TensorBoard's own pages; the viewer chooses its charts itself."""

    def flush(self) -> None:
        """File what was logged so far."""
        from logger.fluent import flush

        flush()

    def close(self) -> None:
        """End the run, if it is the writer's own."""
        self._borrowed.finish()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._borrowed.finish("FINISHED" if error is None else "FAILED")

    def _log(self, metrics: Mapping[str, Any], step: int | None, walltime: float | None) -> None:
        found = numbers(metrics)
        if found:
            time_ms = None if walltime is None else int(walltime * 1000)
            self._borrowed.run.log(found, step=step, timestamp=time_ms)

    def _leave_out(self, kind: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            warnings.warn(f"tui-tracker keeps no {kind}: they are left out", RuntimeWarning, stacklevel=3)


def _file(folder: str, tag: str, step: int | None, suffix: str) -> str:
    """The artifact of a tag at a step. A tag may hold what no path may."""
    parts = [part for part in tag.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return f"{folder}/{'/'.join(parts) or 'untitled'}/{step or 0:08}.{suffix}"


def _array(values: Any) -> Any:
    import numpy as np

    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return np.asarray(values)


def _pixels(image: Any, order: str) -> Any:
    """Bytes, height x width (x channels), as PIL takes them."""
    import numpy as np

    array, order = _array(image), order.upper()
    array = array.transpose([order.index(axis) for axis in "HWC" if axis in order])
    if array.dtype != np.uint8:
        array = (np.clip(array, 0, 1) * 255).round().astype(np.uint8)
    return array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array
