"""Verdicts written down, with all that is needed to check them again."""

DOORS = ("network",)
