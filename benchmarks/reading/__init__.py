"""The rows of `benchmarks.readers`: files as users hand them over, and what would be wrong about an answer."""
