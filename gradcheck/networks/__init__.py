"""Is this gradient function right for this network? `check_network`, for code that is trusted."""

DOORS = ("certificate", "check", "claim", "effort")
