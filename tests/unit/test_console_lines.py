"""Printed bytes to lines: what was drawn over is reduced to its last state, everything else stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.console.lines import LONGEST, Lines


def recorded(*pieces: bytes) -> list[bytes]:
    lines = Lines()
    finished = b"".join(lines.feed(piece) for piece in pieces)
    return (finished + lines.end()).split(b"\n")[:-1]


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        (b"a\nb\n", [b"a", b"b"]),
        (b"no end", [b"no end"]),
        (b"dos\r\nunix\n", [b"dos", b"unix"]),
        (b"\r 0%\r 50%\r100%\n", [b"100%"]),
        (b"10%\r", [b"10%"]),
        (b"bar\r\x1b[Kdone\n", [b"done"]),
        (b"\rleft\r      \rnext\n", [b"next"]),
        (b"1/9\x08\x08\x082/9\n", [b"2/9"]),
        ("é\x08e\n".encode(), [b"e"]),
        (b"\x1b[31mred\x1b[0m\n", [b"\x1b[31mred\x1b[0m"]),
        (b"\n\n", [b"", b""]),
    ],
)
def test_what_becomes_of_one_stream(printed: bytes, lines: list[bytes]) -> None:
    assert recorded(printed) == lines
    assert recorded(*(bytes([byte]) for byte in printed)) == lines


def test_a_bar_below_a_bar_is_two_lines_as_they_were_last() -> None:
    # What tqdm writes for position=1: down, the bar, up again.
    steps = [b"\router %d\n\rinner %d\x1b[A" % (outer, inner) for outer in range(5) for inner in range(9)]
    assert recorded(*steps, b"\n\n", b"after\n") == [b"outer 4", b"inner 8", b"after"]


def test_a_display_of_three_lines_that_is_drawn_again_is_three_lines() -> None:
    # What rich writes for a live display: clear and go up for each line but one, then all lines.
    again = b"\r\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2K"
    frames = [(again if number else b"") + b"a%d\nb%d\nc%d" % ((number,) * 3) for number in range(40)]
    found = recorded(b"".join(frames), b"\nend\n")
    assert found[-4:] == [b"a39", b"b39", b"c39", b"end"]
    assert len(found) <= 6


def test_lines_are_finished_again_soon_after_the_last_move_up() -> None:
    lines = Lines()
    lines.feed(b"a\nb\x1b[A")
    finished = lines.feed(b"".join(b"%d\n" % number for number in range(100)))
    assert finished.endswith(b"99\n")
    assert lines.open_rows() == []


def test_output_without_a_line_break_is_bounded() -> None:
    lines = Lines()
    finished = b"".join(lines.feed(b"x" * 10_000) for _ in range(100))
    assert len(finished.replace(b"\n", b"")) + len(b"".join(lines.open_rows())) == 1_000_000
    assert max(map(len, finished.split(b"\n"))) <= LONGEST + 10_000


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_no_bytes_break_it(pieces: list[bytes]) -> None:
    recorded(*pieces)


@given(st.lists(st.binary(max_size=60).map(lambda text: bytes(32 + byte % 90 for byte in text)), max_size=12))
def test_plain_text_is_kept_byte_for_byte_however_it_is_cut(texts: list[bytes]) -> None:
    printed = b"\n".join(texts) + b"\n" if texts else b""
    whole = recorded(printed)
    assert whole == recorded(*(printed[place : place + 7] for place in range(0, len(printed), 7)))
    assert [line for line in whole if line.strip()] == [line for line in texts if line.strip()]
