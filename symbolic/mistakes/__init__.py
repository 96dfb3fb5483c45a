"""The catalogue of mistakes: each is one statement of the program, changed."""

DOORS = ("catalogue", "changes", "visibility")
