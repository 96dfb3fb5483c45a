"""The command line: one file a command, and what they share."""

DOORS = ("cli", "shared.broken", "shared.early", "shared.places")
