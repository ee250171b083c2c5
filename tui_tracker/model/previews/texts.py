"""Files of text: plain, code, JSON, Markdown. Only the beginning is read, and no line is longer than a few screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from tui_tracker.model import formats
from tui_tracker.model.previews.preview import Preview
from tui_tracker.model.text import clean

MOST_BYTES = 128 * 1024
MOST_LINES = 2000
_LONGEST_LINE = 1000
# A highlighter's rules may be slow on long or odd text.
_MOST_HIGHLIGHTED = 48 * 1024
_MOST_MARKDOWN = 16 * 1024
_DEEPEST = 40
_INDENT = "  "

_LANGUAGES = {
    ".bash": "bash", ".c": "c", ".cc": "cpp", ".cfg": "ini", ".cpp": "cpp", ".cu": "cuda", ".diff": "diff",
    ".go": "go", ".h": "c", ".hpp": "cpp", ".html": "html", ".ini": "ini", ".java": "java", ".jl": "julia",
    ".js": "javascript", ".json": "json", ".jsonl": "json", ".lua": "lua", ".patch": "diff", ".proto": "protobuf",
    ".py": "python", ".pyi": "python", ".r": "r", ".rs": "rust", ".sh": "bash", ".sql": "sql", ".svg": "xml",
    ".tex": "tex", ".toml": "toml", ".ts": "typescript", ".xml": "xml", ".yaml": "yaml", ".yml": "yaml",
}  # fmt: skip
_MARKDOWN = (".md", ".markdown")
_JSON_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{},:]|[^\s"\[\]{},:]+')


def is_text(head: bytes) -> bool:
    """Whether a file that begins so is text in UTF-8."""
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last character may have been cut.
        return error.start >= len(head) - 3 and len(head) > 3
    return True


def preview(file: BinaryIO, name: str, size: int) -> Preview:
    """The beginning of a file of text."""
    data = file.read(MOST_BYTES)
    text = data.decode("utf-8", "replace")
    suffix = PurePosixPath(name).suffix.lower()
    language = _LANGUAGES.get(suffix, "")
    remarks = (
        [f"showing the first {formats.size(len(data))} of {formats.size(size)}"] if size > len(data) else []
    )
    is_markdown = suffix in _MARKDOWN and size <= _MOST_MARKDOWN
    if suffix == ".json" and len(text) > _LONGEST_LINE and text.count("\n") < len(text) / _LONGEST_LINE:
        text = indented(text)
        remarks.append("indented for reading")
    lines = text.splitlines() if not is_markdown else text.split("\n")
    facts = (
        f"{formats.count(len(lines))} lines"
        if size <= len(data) and "indented for reading" not in remarks
        else ""
    )
    if len(lines) > MOST_LINES:
        remarks.append(f"showing {formats.count(MOST_LINES)} lines")
    if any(len(line) > _LONGEST_LINE for line in lines[:MOST_LINES]):
        remarks.append(f"lines are cut at {formats.count(_LONGEST_LINE)} characters")
    shown = "\n".join(clean(line.replace("\t", "    "), _LONGEST_LINE) for line in lines[:MOST_LINES])
    return Preview(
        "Markdown" if is_markdown else language or "text",
        facts=facts,
        text=shown,
        language=language if len(shown) <= _MOST_HIGHLIGHTED else "",
        is_markdown=is_markdown,
        remark=", ".join(remarks),
    )


def indented(text: str) -> str:
    """JSON of few long lines as many short ones, read a token at a time: however deep it is, wherever it ends."""
    lines: list[str] = []
    line, depth = "", 0
    for part in _parts(text):
        if part in "]}":
            depth -= 1
            lines, line = _broken(lines, line, depth)
        line += part if part != ":" else ": "
        if part in "[{":
            depth += 1
        if part in "[{,":
            lines, line = _broken(lines, line, depth)
        if len(lines) > MOST_LINES:
            break
    return "\n".join([*lines, line])


def _broken(lines: list[str], line: str, depth: int) -> tuple[list[str], str]:
    if line.strip():
        lines.append(line)
    return lines, _INDENT * min(max(depth, 0), _DEEPEST)


def _parts(text: str) -> Iterator[str]:
    return (found[0] for found in _JSON_PARTS.finditer(text))
