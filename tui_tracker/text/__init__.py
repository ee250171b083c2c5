"""Every screen's content as text, JSON or CSV: the subcommands of `tracker-tui`, without Textual."""
