"""The steps of a derivation, and why each is true."""

DOORS = ("expand", "general_rules", "line_check", "numpy_lines", "output_delta", "paths", "proof", "slopes")
