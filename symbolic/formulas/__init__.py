"""A formula as a tree that keeps the order of the board, and how it is written."""

DOORS = ("formula", "latex", "notation", "teaching_order", "text", "values", "walk")
