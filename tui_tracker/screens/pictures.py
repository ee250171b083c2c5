"""The screen as a picture that is still text: SVG or HTML."""

from __future__ import annotations

import io

from rich.console import Console
from textual.app import App

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>tracker-tui</title>
<style>
body {{ margin: 0; padding: 1em; background: {background}; color: {foreground}; }}
pre {{ font-family: Menlo, "DejaVu Sans Mono", Consolas, monospace; line-height: 1.2; margin: 0; }}
</style>
</head>
<body><pre><code>{code}</code></pre></body>
</html>
"""


def svg_of(app: App[object]) -> str:
    """What the current screen looks like, as SVG."""
    return app.export_screenshot()


def html_of(app: App[object]) -> str:
    """What the current screen looks like, as a page of HTML that needs nothing else."""
    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        safe_box=False,
    )
    console.print(app.screen._compositor.render_update(full=True))
    return console.export_html(inline_styles=True, code_format=_PAGE)
