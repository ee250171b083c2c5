"""Commands of the page that shows the files of a run."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Artifacts"


class ArtifactPage(Protocol):
    """The page, as its commands know it."""

    @property
    def has_entry(self) -> bool: ...
    @property
    def has_file(self) -> bool: ...

    def open_elsewhere(self) -> None: ...
    def copy_out(self) -> None: ...
    def copy_path(self) -> None: ...
    def verify(self) -> None: ...


class OpenElsewhere(Command[ArtifactPage]):
    """Open the file in $EDITOR or $PAGER.

    What opens is a copy that cannot be written to: what was logged stays as it is.
    """

    id = "artifacts.open"
    key = "o"
    group = GROUP
    show = True
    footer = "open"

    def run(self, host: ArtifactPage) -> None:
        host.open_elsewhere()

    def available(self, host: ArtifactPage) -> bool:
        return host.has_file


class CopyOut(Command[ArtifactPage]):
    """Copy the file or folder out of the store.

    Asks where to; overwrites nothing, and compares what was copied with its hash.
    """

    id = "artifacts.copy-out"
    key = "s"
    group = GROUP
    show = True
    footer = "copy out"

    def run(self, host: ArtifactPage) -> None:
        host.copy_out()

    def available(self, host: ArtifactPage) -> bool:
        return host.has_entry


class CopyPath(Command[ArtifactPage]):
    """Copy the path of the file or folder to the clipboard."""

    id = "artifacts.copy-path"
    key = "y"
    group = GROUP
    show = True
    footer = "copy path"

    def run(self, host: ArtifactPage) -> None:
        host.copy_path()

    def available(self, host: ArtifactPage) -> bool:
        return host.has_entry


class Verify(Command[ArtifactPage]):
    """Compare all files with the hashes they were logged with."""

    id = "artifacts.verify"
    key = "v"
    group = GROUP
    show = True
    footer = "verify"

    def run(self, host: ArtifactPage) -> None:
        host.verify()

    def available(self, host: ArtifactPage) -> bool:
        return host.has_entry


ARTIFACT_COMMANDS: tuple[CommandClass, ...] = (OpenElsewhere, CopyOut, CopyPath, Verify)
