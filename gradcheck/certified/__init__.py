"""The certified witness: unmodified NumPy code run on ball arithmetic with a reverse tape."""

DOORS = (
    "code.reasons", "formula", "jacobians", "numbers.arrays", "numbers.constants", "numbers.nodes", "numbers.scalars",
    "replacements.kept", "replacements.mentioned_formats", "replacements.namespaces", "replacements.small_constants",
    "rounding", "runs.evaluate", "runs.work", "witness",
)
