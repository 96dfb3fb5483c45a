"""Running code that nobody has read where it can do no harm: layers, limits, and numbers in frames of a known size."""

DOORS = (
    "child.landlock",
    "child.source",
    "child.trace.tracing",
    "child.wire",
    "choose",
    "faults",
    "layers",
    "limits",
    "memory",
    "places",
    "probes",
    "session",
    "spawn",
    "spoken",
)
