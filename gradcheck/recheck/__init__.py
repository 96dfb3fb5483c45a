"""Is this certificate true? Checked again by code that imports nothing of what made it."""

DOORS = ("function", "network", "reading", "subject", "watch")
