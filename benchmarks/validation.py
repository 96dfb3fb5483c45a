"""`gradcheck validate` on a correct submission, against importing its libraries: a ratio of wall times, with a goal."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from reports.document import Document, Table, prose
from reports.render import render

NETWORK = "3-4-2"
ROUNDS = 9
GOAL = 5.0  # at most so many times as long as the imports
SUBMISSION = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    delta2 = (a2 - y) * a2 * (1 - a2) / len(x)
    delta1 = (delta2 @ W2) * a1 * (1 - a1)
    return [(delta1.T @ x, delta1.sum(axis=0)), (delta2.T @ a1, delta2.sum(axis=0))]
"""


def main() -> int:
    """Print the ratio; 1 where the goal is missed in this run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "student.py"
        path.write_text(SUBMISSION, encoding="utf-8")
        imports = [sys.executable, "-c", "import numpy, sympy"]
        validate = [sys.executable, "-m", "gradcheck", "validate", str(path), "--network", NETWORK, "--quiet"]
        _seconds(validate)  # the first run tests the isolation, and is not counted
        pairs = [(_seconds(imports), _seconds(validate)) for _ in range(ROUNDS)]
    theirs, ours = (median(times) for times in zip(*pairs, strict=True))
    ratio = median(own / floor for floor, own in pairs)
    rows = [["import numpy, sympy", f"{theirs:.2f} s"], ["gradcheck validate", f"{ours:.2f} s"], ["ratio", f"{ratio:.2f}"]]
    table = Table(
        ["", NETWORK], rows, "A right submission, 20 examples of each property, isolation remembered", ["left", "right"]
    )
    print(render(Document("Validating a submission", [table, prose(f"Medians of {ROUNDS} interleaved runs.")])))
    print("every goal is met in this run" if ratio <= GOAL else f"MISSED: {ratio:.2f} x the imports, the goal is {GOAL:g} x")
    return int(ratio > GOAL)


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
