"""Hypothesis strategies for networks, parameters and batches: away from kinks by construction, simple when shrunk.

Every number is a multiple of a power of two, so that it prints short and is exact; examples shrink towards few layers,
narrow ones, one example, and the numbers 1, -1 and 1/2. Nothing is filtered.

    @given(st.data())
    def test_my_backward(data):
        spec = data.draw(networks())
        point = data.draw(points(spec))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from gradcheck.witnesses.kink_free import kink_free
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.points import Point
from reference_nets.spec import ACTIVATIONS as ACTIVATION_NAMES
from reference_nets.spec import COSTS, NetworkSpec, pair_problem

LARGEST_PARAMETER = 1.5
# Nonzero multiples of 1/8, the plainest first: Hypothesis shrinks towards the first.
SIMPLE = tuple(
    sorted(
        (sign * k / 8 for k in range(1, int(8 * LARGEST_PARAMETER) + 1) for sign in (1, -1)),
        key=lambda value: (Fraction(value).denominator, abs(value), value < 0),
    )
)
HIDDEN = tuple(name for name in ACTIVATION_NAMES if name != "softmax")
SEED_BITS = 32
MOST_DRAWN = 64  # of a larger array only a seed is drawn: nobody works it through by hand


@st.composite
def networks(
    draw: DrawFn,
    *,
    max_hidden: int = 3,
    max_width: int = 4,
    hidden: Sequence[str] = HIDDEN,
    outputs: Sequence[str] = ACTIVATION_NAMES,
    costs: Sequence[str] = COSTS,
    l2: Sequence[float] = (0.0, 0.125, 0.5),
    biases: Sequence[bool] = (True, False),
    l2_on_biases: Sequence[bool] = (False, True),
) -> NetworkSpec:
    """Networks with up to ``max_hidden`` hidden layers; each allowed pair of output activation and cost, in turn.

    What stands first in a sequence is what an example shrinks to; the smallest network is ``1-1:identity/quadratic``.
    """
    pairs = [(name, cost) for cost in costs for name in outputs if pair_problem(name, 2, cost) is None]
    if not pairs:
        raise ValueError(f"none of the costs {', '.join(costs)} goes with an output activation {', '.join(outputs)}")
    output, cost = draw(st.sampled_from(pairs))
    inner = draw(st.lists(st.sampled_from(hidden), max_size=max_hidden)) if hidden else []
    widths = draw(st.lists(st.integers(1, max_width), min_size=len(inner) + 1, max_size=len(inner) + 1))
    last = draw(st.integers(2 if output == "softmax" else 1, max(max_width, 2)))
    factor, has_biases = draw(st.sampled_from(l2)), draw(st.sampled_from(biases))
    both = bool(factor) and has_biases and draw(st.sampled_from(l2_on_biases))
    return NetworkSpec((*widths, last), (*inner, output), cost, factor, has_biases, both)


@st.composite
def params(draw: DrawFn, spec: NetworkSpec, *, x: Array | None = None) -> dict[str, Array]:
    """Parameters by key, such that no weighted input comes near a kink: for the batch x, or for all of `batches`.

    Without biases every batch of zeros, and some others for all parameters, have a kink: then a batch must be named.
    """
    return _params(spec, x, lambda shape, values: draw(_arrays(shape, values)))


def _params(spec: NetworkSpec, x: Array | None, array: Callable[[tuple[int, ...], Sequence[float]], Array]) -> dict[str, Array]:
    """Parameters of such arrays; scaled, and away from kinks."""
    drawn = {}
    kinked = any(ACTIVATIONS[name].kinked for name in spec.activations)
    for key, shape in spec.shapes.items():
        values = array(shape, SIMPLE if key in spec.weights else (0.0, *SIMPLE))
        tame = kinked and x is None  # then a bias must outweigh the inputs that could ever come: let them weigh little
        drawn[key] = values * _scale(shape[1], tame=tame) if key in spec.weights else values
    return kink_free(spec, drawn, x, largest=LARGEST_PARAMETER)


def batches(spec: NetworkSpec, *, min_size: int = 1, max_size: int = 4) -> SearchStrategy[tuple[Array, Array]]:
    """Inputs x (m, n_0) with ``0 < |x| <= 1.5`` and targets y (m, n_L) from the domain of the cost."""
    return st.integers(min_size, max_size).flatmap(lambda m: st.tuples(_arrays((m, spec.sizes[0]), SIMPLE), _targets(spec, m)))


@st.composite
def points(draw: DrawFn, spec: NetworkSpec, *, min_size: int = 1, max_size: int = 4) -> Point:
    """A batch, and parameters for it: units of kinked layers are live for some of its examples and dead for others."""
    x, y = draw(batches(spec, min_size=min_size, max_size=max_size))
    return Point(draw(params(spec, x=x)), x, y)


def seeded_points(spec: NetworkSpec, *, min_size: int = 1, max_size: int = 4) -> SearchStrategy[Point]:
    """The same points, of which only a seed is drawn: for a search that shrinks nothing.

    The seed is drawn as bits. Where Hypothesis draws a number it reads the source of every module that is loaded from
    outside of site-packages, for constants; of a source tree that takes longer than all the rest of a short search.
    """
    bits = st.lists(st.booleans(), min_size=SEED_BITS, max_size=SEED_BITS)
    return bits.map(lambda drawn: _seeded(spec, int("".join("01"[bit] for bit in drawn), 2), min_size, max_size))


def _seeded(spec: NetworkSpec, seed: int, min_size: int, max_size: int) -> Point:
    rng = np.random.default_rng(seed)
    m, outputs = int(rng.integers(min_size, max_size + 1)), spec.sizes[-1]
    x = rng.choice(SIMPLE, size=(m, spec.sizes[0]))
    y = rng.choice(_values(spec), size=(m, outputs))
    if _has_classes(spec):
        y = np.eye(outputs)[rng.integers(0, outputs, size=m)]
    return Point(_params(spec, x, lambda shape, values: rng.choice(values, size=shape)), x, y)


def _has_classes(spec: NetworkSpec) -> bool:
    """Whether each target is one class."""
    return spec.cost == "cross_entropy" or (spec.activations[-1] == "softmax" and spec.cost == "bce")


def _values(spec: NetworkSpec) -> tuple[float, ...]:
    """What other targets are made of."""
    return (0.0, 1.0, 0.5, 0.25, 0.75) if spec.cost == "bce" else (0.0, *SIMPLE)


def _targets(spec: NetworkSpec, m: int) -> SearchStrategy[Array]:
    outputs = spec.sizes[-1]
    if _has_classes(spec):
        classes = st.lists(st.integers(0, outputs - 1), min_size=m, max_size=m)
        return classes.map(lambda labels: np.eye(outputs)[labels])
    return _arrays((m, outputs), _values(spec))


def _arrays(shape: tuple[int, ...], values: Sequence[float]) -> SearchStrategy[Array]:
    size = int(np.prod(shape))
    if size > MOST_DRAWN:
        # Below 101, where Hypothesis mixes in no constants from the modules loaded: the same seed, the same example.
        return st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).choice(values, size=shape))
    return st.lists(st.sampled_from(values), min_size=size, max_size=size).map(lambda v: np.array(v).reshape(shape))


def _scale(n_in: int, *, tame: bool) -> float:
    """A power of two that keeps weighted inputs of order one, or (tame) no larger than the inputs."""
    power = int(np.ceil(np.log2(n_in))) if tame else int(np.log2(n_in)) // 2
    return float(2.0**-power)
