"""What NumPy's functions do on these numbers: entry by entry, along axes, and what moves entries about."""
