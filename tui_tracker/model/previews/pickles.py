"""Pickles are programs. They are listed here instruction by instruction and never run."""

from __future__ import annotations

import pickletools
from collections import Counter
from io import BytesIO
from typing import BinaryIO

from tui_tracker.model import formats
from tui_tracker.model.previews.preview import Preview, grid

_MOST_BYTES = 1024 * 1024
_MOST_INSTRUCTIONS = 20_000
_MOST_NAMES = 100


def preview(file: BinaryIO, size: int) -> Preview:
    """What a pickle would import if it was loaded, and of how many instructions it is made."""
    counts: Counter[str] = Counter()
    names: list[str] = []
    # The last two things on the stack, as far as they are text: the module and name of what is imported.
    pushed = ["?", "?"]
    memo: dict[int, str] = {}
    protocol = 0
    remark = f"only its first {formats.size(_MOST_BYTES)} are looked at" if size > _MOST_BYTES else ""
    try:
        for place, (instruction, argument, _) in enumerate(
            pickletools.genops(BytesIO(file.read(_MOST_BYTES)))
        ):
            counts[instruction.name] += 1
            if instruction.name == "PROTO":
                protocol = int(argument or 0)
            elif instruction.name in ("GLOBAL", "INST"):
                names.append(str(argument).replace(" ", "."))
            elif instruction.name == "STACK_GLOBAL":
                names.append(".".join(pushed))
            if instruction.name == "MEMOIZE":
                memo[len(memo)] = pushed[-1]
            elif "PUT" in instruction.name:
                memo[int(argument or 0)] = pushed[-1]
            elif "GET" in instruction.name:
                pushed = [pushed[-1], memo.get(int(argument or 0), "?")]
            else:
                pushed = [pushed[-1], argument[:200] if isinstance(argument, str) else "?"]
            if place >= _MOST_INSTRUCTIONS:
                remark = f"only its first {formats.count(_MOST_INSTRUCTIONS)} instructions are looked at"
                break
    except Exception as error:  # whatever pickletools finds wrong with it
        if size <= _MOST_BYTES:
            remark = f"it cannot be followed to its end ({str(error)[:80]})"
    imported = sorted({name[:200] for name in names})[:_MOST_NAMES]
    lines = ["Loading a pickle runs it: this one was not loaded.", ""]
    if imported:
        lines += [grid(("it would import",), [(name,) for name in imported]), ""]
    lines.append(grid(("instruction", "times"), counts.most_common(30)))
    return Preview(
        "pickle",
        f"protocol {protocol}, {sum(counts.values()):,} instructions",
        "\n".join(lines),
        remark=remark,
    )
