"""The files of a run as a tree of folders: what is directly in each, folders first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from logger.store import artifacts, partials
from logger.store.artifacts import Artifact
from logger.store.locate import Store

# Entries of one folder beyond this are counted only.
MOST_ENTRIES = 1000


@dataclass(frozen=True)
class Entry:
    """One line of the tree."""

    path: str
    """within the run; of a folder too"""
    artifact: Artifact | None
    """None for a folder"""
    size: int = 0
    """bytes, of a folder all in it"""
    files: int = 1
    incomplete: int = 0
    """files that are not there whole"""
    hidden: int = 0
    """more than zero for the line that counts what is not listed"""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        return self.artifact is None and not self.hidden


@dataclass(frozen=True)
class Listing:
    """All files of a run."""

    folders: Mapping[str, Sequence[Entry]]
    """what is in each folder, by its path; "" for the top"""
    size: int = 0
    files: int = 0
    incomplete: int = 0

    def entries(self, folder: str) -> Sequence[Entry]:
        """What is shown of a folder."""
        found = self.folders.get(folder, ())
        hidden = len(found) - MOST_ENTRIES
        if hidden <= 0:
            return found
        return [*found[:MOST_ENTRIES], Entry(f"{folder}/\0", None, hidden=hidden)]


def listing(found: Sequence[Artifact]) -> Listing:
    """The tree of some files."""
    below: dict[str, list[Artifact]] = defaultdict(list)
    children: dict[str, set[str]] = defaultdict(set)
    for file in found:
        folder = file.path
        while folder:
            above = folder.rpartition("/")[0]
            children[above].add(folder)
            below[above].append(file)
            folder = above
    by_path = {file.path: file for file in found}
    folders = {}
    for folder, paths in children.items():
        entries = []
        for path in paths:
            if path in below:
                entries.append(_entry(path, None, below[path]))
            if path in by_path:
                entries.append(_entry(path, by_path[path], [by_path[path]]))
        folders[folder] = sorted(entries, key=lambda entry: (not entry.is_folder, entry.path))
    top = _entry("", None, found)
    return Listing(folders, top.size, len(found), top.incomplete)


def _entry(path: str, artifact: Artifact | None, files: Sequence[Artifact]) -> Entry:
    incomplete = sum(not file.is_complete for file in files)
    return Entry(path, artifact, sum(file.size for file in files), len(files), incomplete)


def as_on_disk(store: Store, uid: str, found: Sequence[Artifact]) -> list[Artifact]:
    """The files with how much has been copied of those that are not there whole."""
    top = artifacts.directory(store, uid)
    return [
        file if file.is_complete else replace(file, size=max(file.size, partials.size(top / file.path)))
        for file in found
    ]
