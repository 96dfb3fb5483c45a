"""May this claim stand? The verdicts, what decides between them, and how they are told. Knows no witness."""

DOORS = ("float_formats", "judge", "mistake", "report", "search_limits", "steadiness", "subgradients", "truth", "verdicts")
