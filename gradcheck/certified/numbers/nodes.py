"""The numbers that values have on the tape, two marks for values that have none, and how large one run may get."""

from __future__ import annotations

CONSTANT = -1  # the node number of what does not depend on the inputs
DERIVED = 0  # of what does, in a run that keeps no tape
MAX_EDGES = 5_000_000  # some 0.8 GB: a ball of 192 bits and its places take about 150 bytes
MAX_SECONDS = 60.0
