"""Balls in place of floats: scalars and arrays, how they compare, and the tape that remembers where each came from."""
