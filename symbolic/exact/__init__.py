"""The program over balls, fractions and a finite field: where equal means equal."""

DOORS = ("ball_reading", "duals", "field", "identity", "layer_readings", "layer_values")
