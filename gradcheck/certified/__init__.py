"""The certified witness: unmodified NumPy code run on ball arithmetic with a reverse tape."""
