"""May this claim stand? The verdicts, what decides between them, and how they are told. Knows no witness."""

DOORS = (
    "exit_codes", "float_formats", "judge", "lost_digits", "mistake",
    "report", "search_limits", "steadiness", "subgradients", "truth", "verdicts",
)  # fmt: skip
