"""Which filesystem a directory lies on, and where a host keeps the database of a store that it shares with others.

SQLite needs locks that every process sees at once. A network filesystem does not promise them: two hosts that write
to one database there end with a malformed one, in each of SQLite's journal modes. Types that are known to be local are
therefore listed, and every other one counts as a network's. `TRACKER_FILESYSTEM=local` or `network` says otherwise.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from pathlib import Path

ENVIRONMENT_VARIABLE = "TRACKER_FILESYSTEM"
LOCAL, NETWORK = "local", "network"

_LOCAL_TYPES = frozenset(
    # Linux
    "ext2 ext3 ext4 xfs btrfs zfs f2fs bcachefs jfs reiserfs nilfs2 tmpfs ramfs rootfs overlay aufs ecryptfs "
    "squashfs vfat exfat ntfs3 fuseblk "
    # macOS
    "apfs hfs".split()
)
_MOUNTS = Path("/proc/self/mountinfo")
# `struct statfs` of macOS: where in it the name of the type stands, and how long the whole may be.
_MACOS_TYPE = slice(72, 88)
_MACOS_LONGEST = 4096
_UNKNOWN = ""


def is_network(directory: Path) -> bool:
    """Whether a directory, which need not exist yet, lies where SQLite is not safe."""
    said = override()
    if said is not None:
        return said == NETWORK
    found = kind(directory)
    return found != _UNKNOWN and found not in _LOCAL_TYPES


def override() -> str | None:
    """What the environment says in place of the filesystem; None where it says nothing that can be meant."""
    said = os.environ.get(ENVIRONMENT_VARIABLE)
    return said if said in (LOCAL, NETWORK) else None


@functools.lru_cache(maxsize=256)
def kind(directory: Path) -> str:
    """The type of the filesystem, as the system calls it; "" where it does not say."""
    resolved = Path(os.path.realpath(directory))
    try:
        if sys.platform == "darwin":
            return _macos_type(next(place for place in (resolved, *resolved.parents) if place.exists()))
        return mounted_type(_MOUNTS.read_text(errors="surrogateescape"), resolved)
    except (OSError, AttributeError):
        return _UNKNOWN


def mounted_type(mounts: str, path: Path) -> str:
    """The type of the filesystem that holds a path, by the text of Linux's mountinfo; "" where none does."""
    deepest, found = -1, _UNKNOWN
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = Path(_unescaped(fields[4]))
        # Of two that are mounted at one place, the later one hides the earlier.
        if len(point.parts) >= deepest and path.is_relative_to(point):
            deepest, found = len(point.parts), after.split(" ")[0]
    return found


def _unescaped(field: str) -> str:
    """A mount point without mountinfo's octal escapes for blanks and backslashes."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, character)
    return field


def _macos_type(path: Path) -> str:
    import ctypes.util

    system = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    # On Intel machines the plain name is that of an older, smaller structure.
    statfs = getattr(system, "statfs$INODE64", None) or system.statfs
    answer = ctypes.create_string_buffer(_MACOS_LONGEST)
    if statfs(os.fsencode(path), answer) != 0:
        return _UNKNOWN
    return answer.raw[_MACOS_TYPE].split(b"\0")[0].decode("ascii", "replace")


def private_directory(directory: Path) -> Path:
    """Where this host keeps its own database of a shared store: below the user's cache directory.

    The host is part of the name, since the cache directory may itself be shared.
    """
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _private_directory(directory, base)


@functools.lru_cache(maxsize=256)
def _private_directory(directory: Path, base: str) -> Path:
    place = f"{os.uname().nodename}:{os.path.realpath(directory)}"
    name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Path(base).expanduser() / "tui-tracker" / name
