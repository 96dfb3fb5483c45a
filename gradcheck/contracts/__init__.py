"""How a submission is called: one small file per contract. They run in the child: NumPy and relative imports only."""

DOORS = ("again", "step", "table")
