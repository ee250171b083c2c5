"""Secrets in a script's surroundings: none is in any file of the store, neither while the run is recorded nor after.

What a script prints is its own words: it is kept as it was printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import logger
from logger.code_state import PATCH, STATE
from logger.store import locate
from tests.faults.trainers import start
from tests.repositories import git

# Each stands in another place, and is found in a file of the store only if that place leaks.
IN_ENVIRONMENT = "sk-" + "envE7" * 8
UNSHAPED_IN_ENVIRONMENT = "correct-horse-env"
AFTER_AN_OPTION = "correct-horse-option"
IN_AN_ASSIGNMENT = "correct-horse-assigned"
IN_A_PARAM = "hf_" + "paramP5" * 5
UNDER_A_TELLING_NAME = "correct-horse-param"
IN_A_CHANGE = "ghp_" + "changeC3" * 5
IN_A_NEW_FILE = "AKIA" + "NEWFILE123456789"
IN_A_SETTINGS_FILE = "correct-horse-dotenv"
IN_THE_REMOTE = "correct-horse-remote"
IN_AN_ERROR = "sk-" + "errorR9" * 6
SECRETS = [
    IN_ENVIRONMENT,
    UNSHAPED_IN_ENVIRONMENT,
    AFTER_AN_OPTION,
    IN_AN_ASSIGNMENT,
    IN_A_PARAM,
    UNDER_A_TELLING_NAME,
    IN_A_CHANGE,
    IN_A_NEW_FILE,
    IN_A_SETTINGS_FILE,
    IN_THE_REMOTE,
    IN_AN_ERROR,
]

# Shows the files that a run has while it is recorded by a copy, since filing removes its journal.
TRAINS = f"""
import logger, os, shutil
assert os.environ["OPENAI_API_KEY"] and os.environ["DB_PASSWORD"]
params = {{"lr": 0.1, "hub": "{IN_A_PARAM}", "db": {{"password": "{UNDER_A_TELLING_NAME}"}}}}
with logger.start_run("e", params=params, console=False) as run:
    run.log({{"loss": 1.0}})
    shutil.copytree(".tracker", "../midway")
    raise ConnectionError("401 for {IN_AN_ERROR}")
"""


def make_project(directory: Path) -> None:
    """A repository with a change, new files and a remote that all hold secrets, and a script that does."""
    directory.mkdir()
    git(directory, "init", "--quiet")
    (directory / ".gitignore").write_text(".tracker/\n")
    (directory / "settings.py").write_text("hub = None\n")
    git(directory, "add", "-A")
    git(directory, "commit", "--quiet", "-m", "first")
    git(directory, "remote", "add", "origin", f"https://me:{IN_THE_REMOTE}@example.org/x.git")
    (directory / "settings.py").write_text(f'hub = "{IN_A_CHANGE}"\n')
    (directory / "notes.txt").write_text(f"key: {IN_A_NEW_FILE}\n")
    (directory / ".env").write_text(f"DB={IN_A_SETTINGS_FILE}\n")
    (directory / "train.py").write_text(TRAINS)


def leaks(directory: Path) -> set[tuple[str, str]]:
    """File and secret of each that stands in a file below the directory."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert files
    return {
        (path.relative_to(directory).as_posix(), secret)
        for path in files
        for secret in SECRETS
        if secret.encode() in path.read_bytes()
    }


def test_no_secret_of_the_surroundings_is_in_the_store(tmp_path: Path) -> None:
    project = tmp_path / "project"
    make_project(project)
    done = subprocess.run(
        [sys.executable, "train.py", "--password", AFTER_AN_OPTION, f"--api-key={IN_AN_ASSIGNMENT}"],
        cwd=project,
        env={
            **os.environ,
            "TRACKER_CODE": "1",
            "OPENAI_API_KEY": IN_ENVIRONMENT,
            "DB_PASSWORD": UNSHAPED_IN_ENVIRONMENT,
        },
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.stderr.endswith(f"ConnectionError: 401 for {IN_AN_ERROR}\n".encode()), done.stderr.decode()
    assert not leaks(tmp_path / "midway") and not leaks(project / ".tracker")
    # All of these were recorded, so that each had its chance to leak.
    [run] = logger.search_runs(store=project)
    assert run.data.params == {"lr": "0.1", "hub": "***", "db/password": "***"}
    files = locate.for_writing(project / ".tracker").artifacts / run.id
    state = json.loads((files / STATE).read_text())
    assert state["command"][1:] == ["train.py", "--password", "***", "--api-key=***"]
    assert state["git"]["remote"] == "https://example.org/x.git"
    assert all(name in str(state["problems"]) for name in (".env", "notes.txt", "train.py"))
    assert b'+hub = "***"' in (files / PATCH).read_bytes()


def test_what_a_script_prints_is_kept_as_it_is(tmp_path: Path) -> None:
    script = f"import logger\nwith logger.start_run('e', console=True):\n    print('{IN_A_PARAM}')"
    process = start(script, tmp_path)
    out, err = process.communicate(timeout=60)
    assert (out.decode(), err) == (f"{IN_A_PARAM}\n", b"")
    assert {secret for _, secret in leaks(tmp_path / ".tracker")} == {IN_A_PARAM}
