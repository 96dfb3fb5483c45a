"""The derivation on paper."""

DOORS = ("derivation", "document", "messages", "options")
