"""The commands of `tracker-tui model` that carry a version from one store to another."""

COMMANDS = ()
