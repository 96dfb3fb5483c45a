"""The catalogue of mistakes: each is one statement of the program, changed."""

DOORS = (
    "catalogue",
    "changes",
    "combined",
    "further",
    "notes",
    "visibility",
    "with_numbers",
    "wrong_gradients",
)
