"""OSC 52, and what stands between it and the terminal."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tui_tracker.model import clipboard

TEXT = "python train.py --lr 0.1 # ü"
PLAIN = f"\x1b]52;c;{base64.b64encode(TEXT.encode()).decode()}\x07"


@pytest.mark.parametrize("term", ["xterm-256color", "", "linux"])
def test_a_terminal_gets_osc_52(term: str) -> None:
    assert clipboard.sequence(TEXT, {"TERM": term}) == PLAIN


@pytest.mark.parametrize(
    "environment", [{"TMUX": "/tmp/t,1,0", "TERM": "screen-256color"}, {"TERM": "tmux-256color"}]
)
def test_tmux_gets_it_plain_and_wrapped_with_its_escapes_doubled(environment: dict[str, str]) -> None:
    written = clipboard.sequence(TEXT, environment)
    assert written.startswith(PLAIN)
    wrapped = re.fullmatch(r"\x1bPtmux;(.*)\x1b\\", written.removeprefix(PLAIN), re.DOTALL)
    assert wrapped is not None and wrapped[1].replace("\x1b\x1b", "\x1b") == PLAIN


@pytest.mark.parametrize("environment", [{"STY": "1.pts", "TERM": "xterm"}, {"TERM": "screen"}])
@pytest.mark.parametrize("length", [1, 5000])
def test_screen_gets_parts_that_are_short_enough_for_it(environment: dict[str, str], length: int) -> None:
    text = "x" * length
    parts = re.findall(r"\x1bP(.*?)\x1b\\", clipboard.sequence(text, environment), re.DOTALL)
    assert all(len(part) < 256 for part in parts)
    assert "".join(parts) == clipboard.sequence(text, {})


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_tmux_takes_a_buffer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = str(tmp_path / "t")
    monkeypatch.delenv("TMUX", raising=False)
    tmux = ["tmux", "-S", socket, "-f", "/dev/null"]
    subprocess.run([*tmux, "new-session", "-d", "cat"], check=True)
    try:
        monkeypatch.setenv("TMUX", f"{socket},1,0")
        assert clipboard.load_tmux_buffer(TEXT)
        shown = subprocess.run([*tmux, "show-buffer"], capture_output=True, check=True, text=True)
        assert shown.stdout.strip() == TEXT
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    assert not clipboard.load_tmux_buffer(TEXT)
