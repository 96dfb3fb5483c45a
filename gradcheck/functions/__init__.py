"""Is this the gradient of that function? `check_grad` and its kin, for any function."""

DOORS = ("check", "enclosed_gradient", "linear_maps", "order_evidence")
