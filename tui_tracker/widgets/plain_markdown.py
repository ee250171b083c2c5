"""Markdown that cannot do anything: no links, pictures, HTML or entities are made of it."""

from __future__ import annotations

from markdown_it import MarkdownIt

_UNKNOWN = ("link", "image", "autolink", "html_inline", "html_block", "entity", "reference")


def plain_parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").disable(list(_UNKNOWN))
