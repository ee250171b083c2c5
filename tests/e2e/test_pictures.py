"""Pictures among the artifacts in terminals of three kinds: drawn as each understands them, and never as garbage."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pyte
import pytest

import logger
from tests.e2e.terminal import Terminal, terminal

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("textual_image")

# What terminals take as pictures: kitty's commands, and sixels.
KITTY = re.compile(rb"\x1b_G[^\x1b]*\x1b\\")
SIXEL = re.compile(rb"\x1bP[0-9;]*q[^\x1b]*\x1b\\")
# Many cells with an upper and a lower half, next to each other but for their colours.
BLOCKS = re.compile("(?:▀(?:\x1b\\[[0-9;]*m)*){10}".encode())
# A cell of kitty's picture is this character, with others above it that say which.
PLACEHOLDER = "\U0010eeee"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    picture = Image.effect_mandelbrot((64, 48), (-2, -1.5, 1, 1.5), 50).convert("RGB")
    with logger.start_run("e", run_name="drawn", store=tmp_path / ".tracker") as run:
        run.log_image(picture, "fractal.png")
    return tmp_path


def open_picture(opened: Terminal) -> None:
    opened.wait_for("drawn")
    opened.send("\r")
    opened.wait_for("Overview")
    opened.send("5")
    opened.wait_for("fractal.png")
    # The cursor is on the first file, or on its folder.
    opened.send("j")


def shown_without_pictures(output: bytes) -> str:
    """What a terminal shows that draws the pictures elsewhere: whatever is left of them would stand among the text."""
    screen = pyte.Screen(120, 40)
    pyte.ByteStream(screen).feed(SIXEL.sub(b"", KITTY.sub(b"", output)))
    return "\n".join(screen.display)


def assert_no_garbage(output: bytes) -> None:
    text = shown_without_pictures(output).replace(PLACEHOLDER, "")
    assert "fractal.png" in text
    for garbage in (r"[A-Za-z0-9+/]{41,}", r"a=[a-zA-Z],", r"#\d+;2;\d+", r"!\d+[?-~]"):
        assert not re.search(garbage, text), text


@pytest.mark.parametrize(
    ("environment", "wanted", "absent"),
    [
        ({"TERM": "xterm-kitty"}, KITTY, [SIXEL]),
        ({"TERM": "foot"}, SIXEL, [KITTY]),
        ({}, BLOCKS, [KITTY, SIXEL]),
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0", "TERM_PROGRAM": "WezTerm"},
            BLOCKS,
            [KITTY, SIXEL],
        ),
    ],
    ids=["kitty", "sixel", "plain", "tmux"],
)
def test_a_picture_is_drawn_as_the_terminal_can(
    environment: dict[str, str], wanted: re.Pattern[bytes], absent: list[re.Pattern[bytes]], store: Path
) -> None:
    command = (sys.executable, "-m", "tui_tracker")
    with terminal(command, columns=120, rows=40, directory=store, environment=environment) as opened:
        open_picture(opened)
        opened.wait_until(lambda: wanted.search(opened.output) is not None, "the picture")
        opened.read_for(0.5)
        assert_no_garbage(bytes(opened.output))
        assert not any(pattern.search(opened.output) for pattern in absent)
        assert (PLACEHOLDER.encode() in opened.output) == (wanted is KITTY)
        opened.send("q")
        assert opened.wait_for_exit() == 0
        assert opened.is_restored()
