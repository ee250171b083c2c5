"""Deaths and other faults while the console is recorded: nothing printed is lost, nothing hangs, nothing is changed."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import logger
from logger.console.reading import consoles
from logger.store import locate

# Prints for ever, and tells in a file of its own which line the last call that returned had written.
PRINTS_FOR_EVER = """
import logger, os, sys
told = os.open("told", os.O_WRONLY | os.O_CREAT, 0o600)
with logger.start_run("e"):
    number = 0
    while True:
        os.write(1, b"line %d\\n" % number)
        os.pwrite(told, b"%d" % number, 0)
        number += 1
"""


def start(script: str, directory: Path, **keywords: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=directory,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **keywords},  # type: ignore[call-overload]
    )


def run(script: str, directory: Path, **keywords: object) -> tuple[int, bytes, bytes]:
    process = start(script, directory, **keywords)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def recorded(directory: Path, run_name: str | None = None) -> list[tuple[int, str]]:
    """Stream and text of each line that a run's processes printed."""
    store = locate.find(directory / ".tracker")
    assert store is not None
    found = []
    logger.set_tracking_uri(store.directory)
    for logged in logger.search_runs():
        if run_name in (None, logged.name):
            for console in consoles(store.console(logged.id)):
                console.refresh()
                found += [(line.stream, line.text.decode()) for line in console.lines(0, console.count)]
    return found


def pump_of(process: subprocess.Popen[bytes]) -> int:
    """The pid of the process that records for a script: the one that has the other end of a pipe of its."""
    pipes = {path.readlink() for path in Path(f"/proc/{process.pid}/fd").iterdir()}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                records = b"logger.console.pump" in (entry / "cmdline").read_bytes()
                if records and (entry / "fd" / "3").readlink() in pipes:
                    return int(entry.name)
    raise AssertionError("no pump")


def read_until(process: subprocess.Popen[bytes], at_least: int) -> bytes:
    assert process.stdout is not None
    data = b""
    while data.count(b"\n") < at_least:
        block = process.stdout.read1(65536)
        assert block, process.stderr and process.stderr.read().decode()
        data += block
    return data


@pytest.mark.parametrize("lines", [1, 500, 20_000])
def test_what_was_printed_before_a_sigkill_is_printed_and_recorded(lines: int, tmp_path: Path) -> None:
    process = start(PRINTS_FOR_EVER, tmp_path)
    printed = read_until(process, lines)
    process.kill()
    out, _ = process.communicate(timeout=30)
    told = int((tmp_path / "told").read_bytes())
    wanted = [f"line {number}" for number in range(told + 1)]
    found = (printed + out).decode().splitlines()
    # The write under way at the instant of the kill may be there too.
    assert found[: len(wanted)] == wanted
    assert len(found) <= len(wanted) + 1
    assert [text for _, text in recorded(tmp_path)] == found


def test_os_exit_loses_nothing(tmp_path: Path) -> None:
    script = "import logger, os\nlogger.start_run('e')\nos.write(1, b'last words\\n')\nos._exit(3)"
    assert run(script, tmp_path) == (3, b"last words\n", b"")
    assert recorded(tmp_path) == [(0, "last words")]


def test_a_killed_pump_takes_nothing_with_it(tmp_path: Path) -> None:
    process = start(PRINTS_FOR_EVER, tmp_path)
    printed = read_until(process, 1000)
    os.kill(pump_of(process), signal.SIGKILL)
    assert process.stdout is not None and process.stderr is not None
    # Read until its death has been noticed, since a script whose output nobody reads waits.
    while not select.select([process.stderr], [], [], 0)[0]:
        printed += process.stdout.read1(65536)
    printed += read_until(process, 20_000)
    process.kill()
    out, err = process.communicate(timeout=30)
    assert b"Error" not in err
    assert b"has died" in err
    found = {int(number) for number in re.findall(rb"^line (\d+)$", printed + out, re.MULTILINE)}
    missing = set(range(int((tmp_path / "told").read_bytes()) + 1)) - found
    # What the pump had read and not yet passed on died with it, at most one read; everything after that is there.
    assert not missing or max(missing) - min(missing) < 256 * 1024 // len("line 1000\n")


def test_a_reader_that_goes_away_is_noticed_as_without_a_record(tmp_path: Path) -> None:
    script = "import logger\nwith logger.start_run('e'):\n    while True: print('y', flush=True)"
    process = start(script, tmp_path)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert b"BrokenPipeError" in process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) != 0
    assert logger.search_runs()[0].status == "FAILED"


def test_the_exit_does_not_wait_for_a_child_that_goes_on(tmp_path: Path) -> None:
    script = """
import logger, subprocess, sys
with logger.start_run("e"):
    child = subprocess.Popen(["sh", "-c", "read line; echo child $line"], stdin=subprocess.PIPE)
    print(child.pid, child.stdin.fileno(), flush=True)
    import os
    os.mkfifo("go")
    subprocess.Popen(["sh", "-c", "read line < go; echo late $line"])
"""
    process = start(script, tmp_path)
    assert process.wait(timeout=30) == 0
    (tmp_path / "go").write_text("words\n")
    out, _ = process.communicate(timeout=30)
    assert b"late words\n" in out


def test_the_streams_stay_apart_and_in_order(tmp_path: Path) -> None:
    script = """
import logger, os, subprocess, sys
print("before")
with logger.start_run("e"):
    for number in range(200):
        print("out", number, flush=True)
        print("err", number, file=sys.stderr)
        os.write(1, b"raw\\n")
    subprocess.run(["sh", "-c", "echo sub; echo suberr >&2"])
    print("\\r 5%", end="\\r100%\\n", file=sys.stderr)
print("after")
"""
    apart, both = tmp_path / "apart", tmp_path / "both"
    apart.mkdir()
    both.mkdir()
    code, out, err = run(script, apart)
    assert code == 0
    wanted_out = [line for number in range(200) for line in (f"out {number}", "raw")] + ["sub"]
    wanted_err = [*(f"err {number}" for number in range(200)), "suberr"]
    assert out.decode().splitlines() == ["before", *wanted_out, "after"]
    assert err.decode() == "".join(f"{line}\n" for line in wanted_err) + "\r 5%\r100%\n"
    found = recorded(apart)
    assert [text for stream, text in found if stream == 0] == wanted_out
    assert [text for stream, text in found if stream == 1] == [*wanted_err, "100%"]
    # In one place they are in one order, and what Python writes to stderr is still known from the rest.
    code, out, _ = run(script, both, stderr=subprocess.STDOUT)
    lines = out.decode().splitlines()
    triples = [(f"out {number}", f"err {number}", "raw") for number in range(200)]
    assert lines[1:601] == [line for triple in triples for line in triple]
    assert "\x1b" not in out.decode()
    found = recorded(both)
    assert [text for _, text in found] == [*lines[1:603], "100%"]
    assert [text for stream, text in found if stream == 1] == [*wanted_err[:-1], "100%"]


RUNS = """
import logger
with logger.start_run("e", run_name="first"):
    print("one")
print("between")
with logger.start_run("e", run_name="outer"):
    print("two", end="")
    with logger.start_run(nested=True, run_name="inner"):
        print("three")
    print("four")
with logger.start_run("e", run_name="silent", console=False):
    print("five")
logger.start_run("e", run_name="open")
print("six")
raise SystemExit
"""


def test_each_run_has_what_was_printed_while_it_was_open(tmp_path: Path) -> None:
    code, out, err = run(RUNS, tmp_path)
    assert (code, err) == (0, b"")
    assert out == b"one\nbetween\ntwothree\nfour\nfive\nsix\n"
    found = {name: recorded(tmp_path, name) for name in ("first", "outer", "inner", "silent", "open")}
    assert found["first"] == [(0, "one")]
    assert found["outer"] == [(0, "twothree"), (0, "four")]
    assert found["inner"] in ([(0, "twothree")], [(0, "three")])
    assert found["silent"] == []
    assert found["open"] == [(0, "six")]


FAILS = """
import logger, sys
{start}
    print("working")
    raise ValueError("of the script")
"""


@pytest.mark.parametrize("start", ["with logger.start_run('e'):", "logger.start_run('e')\nif True:"])
def test_the_traceback_of_what_ended_a_run_is_in_its_record(start: str, tmp_path: Path) -> None:
    code, _, err = run(FAILS.format(start=start), tmp_path)
    assert code == 1
    assert err.count(b"ValueError: of the script") == 1
    assert logger.search_runs()[0].status == "FAILED"
    found = recorded(tmp_path)
    assert (0, "working") in found
    assert found[-1] == (1, "ValueError: of the script")


FORKS = """
import logger, multiprocessing, os, sys

def work(number):
    os.write(1, b"child %d\\n" % number)
    if number == 2:
        with logger.start_run("e", run_name="of-the-child", nested=True):
            os.write(1, b"own\\n")

if __name__ == "__main__":
    context = multiprocessing.get_context("{method}")
    with logger.start_run("e", run_name="parent"):
        children = [context.Process(target=work, args=(number,)) for number in range(3)]
        for child in children: child.start()
        for child in children: child.join()
        assert not any(child.exitcode for child in children)
        print("all")
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_children_print_into_their_parents_record_and_into_their_own(method: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(FORKS.format(method=method))
    process = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert (process.returncode, process.stderr) == (0, b"")
    wanted = ["all", "child 0", "child 1", "child 2", "own"]
    assert sorted(process.stdout.decode().split("\n")[:-1]) == wanted
    assert sorted(text for _, text in recorded(tmp_path, "parent")) == wanted
    assert recorded(tmp_path, "of-the-child") == [(0, "own")]


@pytest.mark.parametrize("environment", [{"TRACKER_CONSOLE": "0"}, {"TRACKER_CONSOLE": "off"}], ids=str)
def test_the_environment_turns_it_off(environment: dict[str, str], tmp_path: Path) -> None:
    script = "import logger\nwith logger.start_run('e', console=True): print('x')"
    assert run(script, tmp_path, env={**os.environ, **environment}) == (0, b"x\n", b"")
    assert recorded(tmp_path) == []
    assert not (tmp_path / ".tracker" / "console").exists()


@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
def test_closed_streams_stay_closed(closed: str, tmp_path: Path) -> None:
    script = """
import logger, os
with logger.start_run("e") as run:
    run.log({"a": 1})
    for stream in (1, 2):
        try: os.write(stream, b"x\\n")
        except OSError as error: assert error.errno == 9, error
"""
    numbers = {"stdout": (1,), "stderr": (2,), "both": (1, 2)}[closed]

    def close() -> None:
        for number in numbers:
            os.close(number)

    process = start(script, tmp_path, preexec_fn=close)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert logger.search_runs()[0].status == "FINISHED"
    assert len(recorded(tmp_path)) == 2 - len(numbers)


def test_within_pytest_nothing_is_recorded_unless_asked_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with logger.start_run("e", run_name="quiet"):
        print("pytest has it")
    with logger.start_run("e", run_name="asked", console=True):
        os.write(1, b"both have it\n")
    print("and goes on")
    assert capfd.readouterr().out == "pytest has it\nboth have it\nand goes on\n"
    assert recorded(tmp_path) == [(0, "both have it")]


def test_a_stream_that_the_script_leads_elsewhere_is_left_there(tmp_path: Path) -> None:
    script = """
import logger, os
with logger.start_run("e"):
    print("recorded", flush=True)
    os.dup2(os.open("other", os.O_WRONLY | os.O_CREAT, 0o600), 1)
    print("elsewhere", flush=True)
print("still elsewhere", flush=True)
"""
    assert run(script, tmp_path) == (0, b"recorded\n", b"")
    assert (tmp_path / "other").read_text() == "elsewhere\nstill elsewhere\n"
    assert recorded(tmp_path) == [(0, "recorded")]


def test_a_record_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".tracker").mkdir()
    (tmp_path / ".tracker" / "console").write_text("in the way")
    script = (
        "import logger\nwith logger.start_run('e') as run:\n    print('x' * 100_000)\n    run.log({'a': 1})"
    )
    code, out, err = run(script, tmp_path)
    assert (code, out, err) == (0, b"x" * 100_000 + b"\n", b"")
    assert logger.search_runs()[0].status == "FINISHED"


def test_the_files_are_private(tmp_path: Path) -> None:
    run("import logger\nwith logger.start_run('e'): print('x')", tmp_path)
    found = [path for path in (tmp_path / ".tracker" / "console").rglob("*") if path.is_file()]
    assert found
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}


DISPLAYS = """
import logger, sys, time
with logger.start_run("e"):
    for step in range(9):
        again = "\\r\\x1b[2K\\x1b[1A\\x1b[2K" if step else ""
        sys.stdout.write(f"{again}one {step}\\ntwo {step}")
        sys.stdout.flush()
    print()
    print("after the display", flush=True)
    print("a warning", file=sys.stderr)
    print("\\r 7%", end="", file=sys.stderr, flush=True)
    print("beside the bar", flush=True)
    raise ValueError("at last")
"""


def test_what_was_drawn_over_stays_in_the_order_of_time(tmp_path: Path) -> None:
    run(DISPLAYS, tmp_path, stderr=subprocess.STDOUT)
    found = [text for _, text in recorded(tmp_path)]
    assert found[:6] == ["one 8", "two 8", "after the display", "a warning", "beside the bar", " 7%"]
    assert found[6].startswith("Traceback") and found[-1] == "ValueError: at last"
