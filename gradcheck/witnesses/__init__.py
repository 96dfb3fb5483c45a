"""Other routes to the truth, which share no code with what is judged; and the points at which to look."""

DOORS = (
    "along_tangent", "estimates", "exact_rules", "formula_on_balls", "forward_truth", "kink_free", "network_differences",
    "network_truth", "points", "second_witness", "slope_evidence",
)
