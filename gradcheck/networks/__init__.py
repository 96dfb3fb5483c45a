"""Is this gradient function right for this network? `check_network`, for code that is trusted."""

DOORS = ("at_point", "certificate", "check", "claim", "effort")
