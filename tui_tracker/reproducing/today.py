"""What has changed since a run: Python, packages, data."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from logger.code_state import packages
from logger.inputs import fingerprint
from logger.store.connection import StoreError
from logger.store.inputs import Input
from tui_tracker.model.code import CodeState

_SECONDS = 60.0
_ASK = "import json, sys; print(json.dumps([list(sys.version_info[:3]), sys.path]))"
SAME, CHANGED, MISSING, UNKNOWN = "same", "changed", "missing", "unknown"


@dataclass(frozen=True)
class Finding:
    """One thing that a run used, as it was and as it is."""

    kind: str
    """python, package, data"""
    name: str
    then: str
    now: str
    state: str
    """same, changed, missing, or unknown"""


def choose_python(code: CodeState, given: str) -> str:
    """The interpreter to run with: the one that was named, the run's own where it is here, or this one."""
    if given:
        return given
    return code.executable if code.executable and Path(code.executable).is_file() else sys.executable


def compare_packages(code: CodeState, python: str) -> list[Finding]:
    """Python and every package of the run. Raises StoreError where the interpreter cannot be asked."""
    version, path = _asked(python)
    findings = [_finding("python", "python", code.python, version)]
    return findings + compare_versions(code.packages, packages(path))


def compare_versions(then: Mapping[str, str], now: Mapping[str, str]) -> list[Finding]:
    """The packages of the run; what has come since does not matter to it."""
    return [_finding("package", name, version, now.get(name, "")) for name, version in sorted(then.items())]


def compare_data(inputs: Sequence[Input], hashed: Mapping[str, str]) -> list[Finding]:
    """Every data set of the run; `hashed`: what the content at each path hashes to today, "" for what is gone."""
    return [
        Finding("data", found.name, found.sha256[:12], "not compared, a library's own digest", UNKNOWN)
        if not found.files
        else _finding("data", found.name, found.sha256[:12], hashed.get(found.path, "")[:12])
        for found in inputs
    ]


def hashes_today(inputs: Sequence[Input]) -> dict[str, str]:
    """The hash of each data set as it is, by its path; those that only a library knows are left out."""
    return {path: hash_today(Path(path)) for path in {found.path for found in inputs if found.files}}


def hash_today(path: Path) -> str:
    """The hash of a file or directory as it is; empty where it is not there or cannot be read."""
    try:
        return fingerprint(path).sha256
    except (OSError, ValueError):
        return ""


def _finding(kind: str, name: str, then: str, now: str) -> Finding:
    return Finding(kind, name, then, now, MISSING if not now else SAME if now == then else CHANGED)


def _asked(python: str) -> tuple[str, list[str]]:
    try:
        done = subprocess.run(
            [python, "-c", _ASK], capture_output=True, text=True, timeout=_SECONDS, check=True, cwd="/"
        )
        version, path = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise StoreError(f"cannot ask {python} for its packages: {error}") from None
    return ".".join(map(str, version)), [place for place in path if place]
