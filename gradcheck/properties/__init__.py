"""What holds of every right gradient, whatever the network? Equations, checked by Hypothesis."""

DOORS = ("check", "invariants", "subject")
