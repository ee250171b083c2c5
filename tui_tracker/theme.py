"""The viewer's own themes: dark, light, high contrast, and one for the sixteen colours of a terminal.

Grounds are quiet, with one accent and four colours of state. Pairs of text and ground keep the contrast that the WCAG
asks for: 4.5 for what is read, 7 where contrast is high.
"""

from __future__ import annotations

from textual.theme import Theme


def _theme(
    name: str,
    *,
    ground: str,
    surface: str,
    panel: str,
    raised: str,
    text: str,
    quiet: str,
    line: str,
    accent: str,
    on_accent: str,
    primary: str,
    success: str,
    warning: str,
    error: str,
    dark: bool = True,
    muted: str = "",
) -> Theme:
    return Theme(
        name=name,
        primary=primary,
        secondary=quiet,
        accent=accent,
        foreground=text,
        background=ground,
        surface=surface,
        panel=panel,
        success=success,
        warning=warning,
        error=error,
        dark=dark,
        variables={
            "border": line,
            "border-blurred": line,
            "block-cursor-background": accent,
            "block-cursor-foreground": on_accent,
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": raised,
            "block-cursor-blurred-foreground": text,
            "footer-background": surface,
            "footer-key-foreground": accent,
            "footer-description-foreground": quiet,
            "input-cursor-background": accent,
            "input-selection-background": f"{accent} 30%",
            "scrollbar": raised,
            "scrollbar-hover": line,
            "scrollbar-active": accent,
            "scrollbar-background": surface,
            "scrollbar-corner-color": surface,
            **({"text-muted": muted} if muted else {}),
        },
    )


TRACKER_DARK = _theme(
    "tracker-dark",
    ground="#14171c",
    surface="#191d23",
    panel="#222831",
    raised="#2b323d",
    text="#d5d9e0",
    quiet="#8a94a6",
    line="#343c48",
    accent="#e0a458",
    on_accent="#14171c",
    primary="#7aa2c8",
    success="#7fb685",
    warning="#d9a441",
    error="#d9706a",
)
TRACKER_LIGHT = _theme(
    "tracker-light",
    ground="#e9ebee",
    surface="#fbfbfc",
    panel="#eceef2",
    raised="#dde1e7",
    text="#1e242c",
    quiet="#566071",
    muted="#566071",
    line="#c3c9d2",
    accent="#8f4f00",
    on_accent="#ffffff",
    primary="#275d8f",
    success="#2b6b33",
    warning="#7d5600",
    error="#ad2b24",
    dark=False,
)
TRACKER_CONTRAST = _theme(
    "tracker-contrast",
    ground="#000000",
    surface="#000000",
    panel="#101010",
    raised="#383838",
    text="#ffffff",
    quiet="#c8c8c8",
    muted="#c8c8c8",
    line="#a0a0a0",
    accent="#ffd400",
    on_accent="#000000",
    primary="#7fc8ff",
    success="#6fe46f",
    warning="#ffd400",
    error="#ff9a94",
)
TRACKER_ANSI = _theme(
    "tracker-ansi",
    ground="#000000",
    surface="#000000",
    panel="#000000",
    raised="#555555",
    text="#aaaaaa",
    quiet="#aaaaaa",
    muted="#aaaaaa",
    line="#555555",
    accent="#ffff55",
    on_accent="#000000",
    primary="#55ffff",
    success="#55ff55",
    warning="#ffff55",
    error="#ff5555",
)

BY_SETTING = {
    "dark": TRACKER_DARK,
    "light": TRACKER_LIGHT,
    "contrast": TRACKER_CONTRAST,
    "ansi": TRACKER_ANSI,
}
"""By the names that the settings have for them."""
