"""How a value is marked: its number on the tape, or one of two marks where it has none; and how much one run may hold."""

from __future__ import annotations

CONSTANT = -1  # the node number of what does not depend on the inputs
DERIVED = 0  # of what does, in a run that keeps no tape
MAX_EDGES = 5_000_000  # some 0.8 GB: a ball of 192 bits and its places take about 150 bytes
MAX_SECONDS = 60.0
