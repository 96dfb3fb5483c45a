"""How far may a right implementation be off? Values that carry their error, and the budget made of them."""

DOORS = ("budget", "functions", "layers", "program", "values")
