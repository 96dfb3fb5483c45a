"""A network as a straight-line program, and how it is run."""

DOORS = (
    "batch",
    "blocks",
    "build",
    "compiled",
    "direct",
    "functions",
    "interpret",
    "layers",
    "on_demand",
    "statements",
)
