"""The derivation on paper."""

DOORS = ("derivation", "document", "messages", "options", "point_values", "worked_lines")
