"""The viewer's own theme: a quiet dark ground, one accent, four colours of state."""

from textual.theme import Theme

TRACKER_DARK = Theme(
    name="tracker-dark",
    primary="#7aa2c8",
    secondary="#8a94a6",
    accent="#e0a458",
    foreground="#d5d9e0",
    background="#14171c",
    surface="#191d23",
    panel="#222831",
    success="#7fb685",
    warning="#d9a441",
    error="#d9706a",
    dark=True,
    variables={
        "border": "#343c48",
        "border-blurred": "#343c48",
        "block-cursor-background": "#e0a458",
        "block-cursor-foreground": "#14171c",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#2b323d",
        "block-cursor-blurred-foreground": "#d5d9e0",
        "footer-background": "#191d23",
        "footer-key-foreground": "#e0a458",
        "footer-description-foreground": "#8a94a6",
        "input-cursor-background": "#e0a458",
        "input-selection-background": "#e0a458 30%",
        "scrollbar": "#2b323d",
        "scrollbar-hover": "#3b4553",
        "scrollbar-active": "#e0a458",
        "scrollbar-background": "#191d23",
        "scrollbar-corner-color": "#191d23",
    },
)
