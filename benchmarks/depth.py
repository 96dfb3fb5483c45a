"""The rounding budget in deep and wide networks: its size over the largest error of right code, and what hides in it.

``python -m benchmarks depth`` prints a table by depth and width; ``python -m benchmarks.depth NETWORKS [SEED]`` plants mistakes
in the first layer of random networks (doubled, zero, negated, one entry off by 1e-3 of the largest) and counts what the
budget alone, without a look at the formula, lets through and what of right code it calls wrong.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.false_alarms import Trial, backward
from gradcheck.judge.judge import judge_quantity, unless_hidden
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Verdict
from gradcheck.rounding.budget import rounding_budget
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.document import Document, Table
from reports.render import render
from symbolic.exact.ball_reading import enclose
from symbolic.programs.build import program

DEPTHS, WIDTHS = (2, 10, 20, 40), (8, 32)
STYLES = 8  # ways of writing the same gradient: orders of sums, phi' from z or from a, delta in one factor or two
GREATEST = 1000.0  # the goal: no budget is larger than so many times the largest error of right code
MOST_PARAMETERS = 12_000


def network(depth: int, width: int, activation: str, inputs: int = 6) -> NetworkSpec:
    """Hidden layers of one width, and two outputs."""
    return NetworkSpec((inputs, *[width] * depth, 2), (*[activation] * depth, "identity"), "mse")


def truth_of(spec: NetworkSpec, point: Point, dtype: Any) -> Truth:
    """The enclosed gradient with the budget of the format."""
    gradient, _ = enclose(program(spec), point.params, point.x, point.y)
    return Truth(gradient, rounding_budget(spec, point.params, point.x, point.y, dtype=dtype))


def right(spec: NetworkSpec, point: Point, dtype: Any) -> Iterator[dict[str, Array]]:
    """The gradient in several styles."""
    pairs = [(point.params[f"W{layer}"], point.params[f"b{layer}"]) for layer in spec.layers]
    for style in range(STYLES):
        grads = backward(Trial(spec, point, dtype, style))(pairs, point.x, point.y, spec.l2)
        parts = {f"{n}{layer}": part for layer, pair in enumerate(grads, 1) for n, part in zip("Wb", pair, strict=True)}
        yield {key: np.asarray(part, np.float64) for key, part in parts.items()}


def ratio(spec: NetworkSpec, rng: np.random.Generator, dtype: Any) -> tuple[float, float]:
    """The largest budget of an array over its largest error, at its worst; the largest error of an entry over its budget."""
    point = safe_point(spec, rng, dtype=dtype)
    truth, largest, nearest = truth_of(spec, point, dtype), dict.fromkeys(spec.keys, 0.0), 0.0
    for claimed in right(spec, point, dtype):
        for key, part in claimed.items():
            error = truth.gradient[key].distance(part)
            largest[key] = max(largest[key], float(error.max()))
            nearest = max(nearest, float((error / truth.budget.rounding[key]).max()))
    over = [float(truth.budget.rounding[key].max()) / size for key, size in largest.items() if size]
    return max(over, default=1.0), nearest


def planted(part: Array) -> dict[str, Array]:
    """What is done to an array of the first layer."""
    off = part.copy()
    off.flat[np.argmax(np.abs(part))] += 1e-3 * np.abs(part).max()
    return {"doubled": 2 * part, "zero": 0 * part, "negated": -part, "one entry": off}


def counted(spec: NetworkSpec, rng: np.random.Generator, dtype: Any) -> Counter[str]:
    """What the budget alone says of the mistakes, and of right code."""
    point = safe_point(spec, rng, dtype=dtype)
    truth, found = truth_of(spec, point, dtype), Counter[str]()
    for number, claimed in enumerate(right(spec, point, dtype)):
        verdicts = [_verdict(key, truth, part) for key, part in claimed.items()]
        found["right code called wrong"] += Verdict.MISMATCH in verdicts
        found["right code undecided"] += Verdict.INCONCLUSIVE in verdicts
        found["right code"] += 1
        if number:
            continue
        for key in ("W1", "b1"):
            for part in planted(claimed[key]).values():
                verdict = _verdict(key, truth, part)
                found["mistakes"] += 1
                found["mistakes taken for right"] += verdict.ok
                found["mistakes undecided"] += verdict is Verdict.INCONCLUSIVE
    return found


def _verdict(key: str, truth: Truth, part: Array) -> Verdict:
    return unless_hidden(judge_quantity(key, truth, part), "").verdict


def random_networks(rng: np.random.Generator, count: int) -> Iterator[NetworkSpec]:
    """Up to 40 hidden layers or 128 units, every activation in turn."""
    hidden = [name for name in ACTIVATIONS if name != "softmax"]
    made = 0
    while made < count:
        depth, width = int(rng.integers(3, 41)), int(np.exp(rng.uniform(np.log(3), np.log(128))))
        spec = network(depth, width, hidden[made % len(hidden)], int(rng.integers(2, 9)))
        if spec.n_params <= MOST_PARAMETERS:
            made += 1
            yield spec


def main() -> int:
    """Print the table; 1 where a budget is too large or right code exceeds it."""
    rows, worst = [], 0.0
    for activation in ("tanh", "relu", "sigmoid", "gelu"):
        for depth in DEPTHS:
            cells: list[str] = []
            for width in WIDTHS:
                for dtype in (np.float64, np.float32):
                    over, nearest = ratio(network(depth, width, activation), np.random.default_rng(1), dtype)
                    cells.append(f"{over:.0f}")
                    worst = max(worst, over / GREATEST, nearest)
            rows.append([activation, str(depth), *cells])
            print(f"depth: {' '.join(rows[-1])}", file=sys.stderr, flush=True)
    formats = [f"{width} units, {name}" for width in WIDTHS for name in ("float64", "float32")]
    columns = ["activation", "hidden layers", *formats]
    caption = "The largest budget of an array over the largest error of right code in it, at its worst over all arrays"
    print(render(Document("Budgets of deep networks", [Table(columns, rows, caption)])))
    return int(worst > 1)


def trials(count: int, seed: int = 0) -> int:
    """Print the counts; 1 where a mistake was taken for right or right code called wrong."""
    rng, found = np.random.default_rng(seed), Counter[str]()
    for spec in random_networks(rng, count):
        for dtype in (np.float64, np.float32):
            one = counted(spec, rng, dtype)
            found += one
            if one["mistakes taken for right"] or one["right code called wrong"] or one["right code undecided"]:
                name = f"{spec.L} layers of {spec.sizes[1]} {spec.activations[0]}, {np.dtype(dtype).name}"
                print(f"{name}: {dict(one)}", flush=True)
    print(f"{count} networks: " + ", ".join(f"{n} {name}" for name, n in sorted(found.items())))
    return int(found["mistakes taken for right"] + found["right code called wrong"] > 0)


if __name__ == "__main__":
    raise SystemExit(trials(*map(int, sys.argv[1:])) if sys.argv[1:] else main())
