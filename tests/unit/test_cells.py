"""Text in lines of cells: none is too wide, nothing is lost, and what follows the first stands below it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.model.cells import hanging, width_of

_TEXT = st.text(st.sampled_from("ab/界 ."), max_size=60)


@given(_TEXT, st.integers(4, 30), st.integers(0, 10))
def test_lines_that_hang_hold_all_and_fit(text: str, room: int, indent: int) -> None:
    first, *others = hanging(text, room + indent, indent).split("\n")
    assert all(line.startswith(" " * indent) for line in others)
    lines = [first, *(line[indent:] for line in others)]
    assert all(width_of(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_are_parted_at_blanks_where_they_can_be() -> None:
    assert hanging("python train.py --lr 1e-3", 24, 8) == "python train.py\n        --lr 1e-3"
    assert hanging("c0ffee" * 3, 12, 2) == "c0ffeec0ff\n  eec0ffee"
