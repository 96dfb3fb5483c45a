"""A network as a straight-line program, and how it is run."""

DOORS = ("blocks", "build", "compiled", "direct", "functions", "interpret", "layers", "on_demand", "statements")
