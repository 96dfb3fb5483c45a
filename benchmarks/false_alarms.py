"""False alarms of the judge: random correct gradients, written in the usual ways, none of which may be called wrong.

``python -m benchmarks.false_alarms [TRIALS [SEED]]`` prints how many of them got which verdict. Networks have 0 to 6 hidden
layers, every activation and cost, weight scales from 0.01 to 6, batches of 1 to 64, float64 and float32; sums run in
random orders, each phi and phi' is written in one of its textbook forms, phi' from z or from a.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.networks.check import check_network
from gradcheck.networks.result import NetworkCheck
from reference_nets.points import Point, init_params, random_batch
from reference_nets.spec import ACTIVATIONS, COSTS, LOG_COST_OUTPUTS, NetworkSpec

Array = np.ndarray[Any, np.dtype[Any]]

LARGEST_EXPONENT = 40.0  # beyond, the forms with exp(z) in them overflow or cancel: truly unstable, and not drawn
GATE = float(np.sqrt(2 / np.pi))


def _gate(z: Array) -> Array:
    return GATE * (z + 0.044715 * z * z * z)


def _stable_sigmoid(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z > 0, 1 / (1 + e), e / (1 + e)).astype(z.dtype)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


# Each form of phi, and each form of phi' from z and a; the first of each is stable at any z.
PHI: dict[str, list[Callable[[Array], Array]]] = {
    "identity": [lambda z: z],
    "sigmoid": [_stable_sigmoid, _sigmoid, lambda z: np.exp(z) / (1 + np.exp(z)), lambda z: (1 + np.tanh(z / 2)) / 2],
    "tanh": [
        np.tanh,
        lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
        lambda z: 2 / (1 + np.exp(-2 * z)) - 1,
    ],
    "relu": [lambda z: np.maximum(z, 0), lambda z: z * (z > 0), lambda z: (np.abs(z) + z) / 2],
    "leaky_relu": [lambda z: np.where(z > 0, z, z.dtype.type(0.01) * z), lambda z: np.maximum(z, z / 100)],
    "elu": [lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), lambda z: np.where(z > 0, z, np.exp(z) - 1)],
    "softplus": [
        lambda z: np.logaddexp(z.dtype.type(0), z),
        lambda z: np.log(1 + np.exp(z)),
        lambda z: np.log1p(np.exp(z)),
        lambda z: np.maximum(z, 0) + np.log(1 + np.exp(-np.abs(z))),
    ],
    "silu": [lambda z: z * _stable_sigmoid(z), lambda z: z / (1 + np.exp(-z))],
    "gelu": [lambda z: z * _stable_sigmoid(2 * _gate(z)), lambda z: z / 2 * (1 + np.tanh(_gate(z)))],
    "softmax": [
        lambda z: np.exp(z - z.max(1, keepdims=True)) / np.exp(z - z.max(1, keepdims=True)).sum(1, keepdims=True),
        lambda z: np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True)),
        lambda z: np.exp(z) / np.exp(z).sum(1, keepdims=True),
    ],
}


def _stable_dsigmoid(z: Array) -> Array:
    return _stable_sigmoid(z) * _stable_sigmoid(-z)


def _gate_slope(z: Array) -> Array:
    return GATE * (1 + 3 * 0.044715 * z * z)


DPHI: dict[str, list[Callable[[Array, Array], Array]]] = {
    "identity": [lambda z, a: np.ones_like(z)],
    "sigmoid": [
        lambda z, a: _stable_dsigmoid(z),
        lambda z, a: a * (1 - a),
        lambda z, a: a - a * a,
        lambda z, a: np.exp(-z) / (1 + np.exp(-z)) ** 2,
        lambda z, a: _sigmoid(z) * (1 - _sigmoid(z)),
    ],
    "tanh": [
        lambda z, a: 4 * _stable_dsigmoid(2 * z),
        lambda z, a: 1 - a * a,
        lambda z, a: 1 - a**2,
        lambda z, a: (1 - a) * (1 + a),
        lambda z, a: 1 / np.cosh(z) ** 2,
        lambda z, a: 1 - np.tanh(z) ** 2,
    ],
    "relu": [lambda z, a: (z > 0).astype(z.dtype), lambda z, a: (a > 0).astype(z.dtype)],
    "leaky_relu": [
        lambda z, a: np.where(z > 0, z.dtype.type(1), z.dtype.type(0.01)),
        lambda z, a: np.where(a > 0, z.dtype.type(1), z.dtype.type(0.01)),
    ],
    "elu": [
        lambda z, a: np.where(z > 0, z.dtype.type(1), np.exp(np.minimum(z, 0))),
        lambda z, a: np.where(z > 0, z.dtype.type(1), a + 1),
    ],
    "softplus": [
        lambda z, a: _stable_sigmoid(z),
        lambda z, a: _sigmoid(z),
        lambda z, a: 1 - np.exp(-a),
        lambda z, a: np.exp(z) / (1 + np.exp(z)),
    ],
    "silu": [
        lambda z, a: _stable_sigmoid(z) + z * _stable_dsigmoid(z),
        lambda z, a: _sigmoid(z) * (1 + z * (1 - _sigmoid(z))),
        lambda z, a: a + _sigmoid(z) * (1 - a),
    ],
    "gelu": [
        lambda z, a: _stable_sigmoid(2 * _gate(z)) + 2 * z * _stable_dsigmoid(2 * _gate(z)) * _gate_slope(z),
        lambda z, a: (1 + np.tanh(_gate(z))) / 2 + z / 2 * (1 - np.tanh(_gate(z)) ** 2) * _gate_slope(z),
        lambda z, a: (1 + np.tanh(_gate(z))) / 2 + z / 2 / np.cosh(_gate(z)) ** 2 * _gate_slope(z),
    ],
}


@dataclass(frozen=True)
class Trial:
    """One correct gradient: the network, the point, and how it is written."""

    spec: NetworkSpec
    point: Point
    dtype: Any
    style: int  # the seed of the choices that `backward` makes


def trials(rng: np.random.Generator, count: int) -> Iterator[Trial]:
    """Random networks, points and styles."""
    for _ in range(count):
        spec, dtype = random_spec(rng), rng.choice([np.float64, np.float32])
        scale, m = 10 ** rng.uniform(-2, np.log10(6)), int(np.ceil(2 ** rng.uniform(0, 6)))
        x, y = random_batch(spec, rng, m, dtype=dtype)
        yield Trial(spec, Point(init_params(spec, rng, scale=scale, dtype=dtype), x, y), dtype, int(rng.integers(2**32)))


def random_spec(rng: np.random.Generator) -> NetworkSpec:
    """Any network of 0 to 6 hidden layers with up to six units each."""
    cost, depth = str(rng.choice(COSTS)), int(rng.integers(7))
    output = str(rng.choice(LOG_COST_OUTPUTS.get(cost, ACTIVATIONS)))
    sizes = [int(n) for n in rng.integers(1, 7, size=depth + 2)]
    sizes[-1] += output == "softmax"
    hidden = [str(name) for name in rng.choice(ACTIVATIONS[:-1], size=depth)]
    return NetworkSpec(tuple(sizes), (*hidden, output), cost, float(rng.choice([0, 0, 0.1, 0.5])))


def product(left: Array, right: Array, rng: np.random.Generator) -> Array:
    """``left @ right``, added up by BLAS, by einsum, one after the other, or pairwise, in a random order."""
    order = rng.permutation(left.shape[1])
    left, right = left[:, order], right[order]
    way = rng.integers(4)
    if way == 0:
        return np.asarray(left @ right)
    if way == 1:
        return np.asarray(np.einsum("ij,jk->ik", left, right))
    terms = left[:, :, np.newaxis] * right
    if way == 2:
        return np.asarray(terms.sum(axis=1))
    total = terms[:, 0]
    for i in range(1, terms.shape[1]):
        total = total + terms[:, i]
    return np.asarray(total)


def backward(trial: Trial) -> Callable[..., list[tuple[Array, Array]]]:
    """The trial's gradient: the same choices at each call."""

    def gradient(params: Sequence[tuple[Array, Array]], x: Array, y: Array, l2: float) -> list[tuple[Array, Array]]:
        rng = np.random.default_rng(trial.style)
        with np.errstate(all="ignore"):
            return _gradient(trial.spec, params, x, y, l2, rng)

    return gradient


def _gradient(
    spec: NetworkSpec, params: Sequence[tuple[Array, Array]], x: Array, y: Array, l2: float, rng: np.random.Generator
) -> list[tuple[Array, Array]]:
    z, a = [x], [x]
    for (W, b), name in zip(params, spec.activations, strict=True):
        z.append(_plus(product(a[-1], W.T, rng), b, a[-1], W, rng))
        a.append(_one_of(PHI[name], z[-1], rng)(z[-1]))
    late = bool(rng.integers(2))  # the 1/m at the end instead of in delta
    share = x.dtype.type(1 if late else len(x))
    delta = _output_delta(spec, z[-1], a[-1], y, share, rng)
    grads = []
    for layer in reversed(spec.layers):
        W = params[layer - 1][0]
        dW, db = product(delta.T, a[layer - 1], rng), product(delta.T, np.ones((len(x), 1), x.dtype), rng)[:, 0]
        if late:
            dW, db = dW / len(x), db / len(x)
        grads.append((dW + l2 * W if l2 else dW, db))
        if layer > 1:
            slope = _one_of(DPHI[spec.activations[layer - 2]], z[layer - 1], rng)(z[layer - 1], a[layer - 1])
            delta = product(delta, W, rng) * slope
    return grads[::-1]


def _one_of(forms: Sequence[Any], z: Array, rng: np.random.Generator) -> Any:
    chosen = forms[rng.integers(len(forms))]
    return chosen if np.abs(z).max() < LARGEST_EXPONENT else forms[0]


def _plus(z: Array, b: Array, a: Array, W: Array, rng: np.random.Generator) -> Array:
    """The bias added last, or first as an input of one."""
    if rng.integers(2):
        return z + b
    ones = np.ones((len(a), 1), a.dtype)
    return product(np.hstack([ones, a]), np.vstack([b, W.T]), rng)


def _output_delta(spec: NetworkSpec, z: Array, a: Array, y: Array, m: Any, rng: np.random.Generator) -> Array:
    output, cost = spec.activations[-1], spec.cost
    if cost in LOG_COST_OUTPUTS and rng.integers(2):
        delta = unfused_delta(spec, z, a, y, rng)
        if np.isfinite(delta).all():  # else 1 - a has rounded to 0, and 0 / 0 is not drawn
            return delta / m
    if (output, cost) in (("sigmoid", "bce"), ("softmax", "cross_entropy")):
        return (a - y) / m if rng.integers(2) else a / m - y / m
    if (output, cost) == ("sigmoid", "cross_entropy"):
        return -y * (1 - a) / m if rng.integers(2) else y * (a - 1) / m
    if (output, cost) == ("softmax", "bce"):
        return _softmax_bce_delta(z, a, y) / m
    g = _cost_slope(cost, a, y, m, rng)
    if output == "softmax":
        return _softmax_delta(a, g, rng)
    return g * _one_of(DPHI[output], z, rng)(z, a)


def unfused_delta(spec: NetworkSpec, z: Array, a: Array, y: Array, rng: np.random.Generator) -> Array:
    """``dC/da`` first, then ``phi'``, as textbooks do, for bce and cross_entropy; without the 1/m."""
    if spec.cost == "cross_entropy":
        g = -y / a
    else:
        g = (a - y) / (a * (1 - a)) if rng.integers(2) else -(y / a) + (1 - y) / (1 - a)
    if spec.activations[-1] == "softmax":
        return _softmax_delta(a, g, rng)
    return np.asarray(g * _one_of(DPHI["sigmoid"], z, rng)(z, a))


def _softmax_bce_delta(z: Array, a: Array, y: Array) -> Array:
    """``a (g - sum g a)`` with ``g = (a - y) / (a (1 - a))``, where ``a_k / (1 - a_j)`` is a softmax without j."""
    own = np.eye(a.shape[1], dtype=bool)
    others = np.where(own, -np.inf, z[:, np.newaxis]).astype(z.dtype)
    q = np.exp(others - others.max(axis=2, keepdims=True))
    missed = (a * (1 - y))[:, :, np.newaxis] * q / q.sum(axis=2, keepdims=True)
    rest = np.where(own, 0, a[:, np.newaxis]).sum(axis=2)
    return np.asarray(a * (1 - y) - y * rest - missed.sum(axis=1) + a * (y @ (1 - own).astype(y.dtype)))


def _cost_slope(cost: str, a: Array, y: Array, m: Any, rng: np.random.Generator) -> Array:
    if cost == "quadratic":
        return (a - y) / m if rng.integers(2) else -(y - a) * (1 / m)
    if cost == "mse":
        K = a.shape[1]
        return 2 * (a - y) / (m * K) if rng.integers(2) else (a - y) / K / m * 2
    return np.clip(a - y, -1, 1) / m


def _softmax_delta(a: Array, g: Array, rng: np.random.Generator) -> Array:
    if rng.integers(2):
        return a * (g - (g * a).sum(axis=1, keepdims=True))
    jacobian = np.stack([np.diag(row) - np.outer(row, row) for row in a])
    return np.asarray(np.einsum("mj,mjk->mk", g, jacobian))


def check(trial: Trial) -> NetworkCheck:
    """The public answer to the trial's gradient."""
    return check_network(trial.spec, backward(trial), point=trial.point, dtype=trial.dtype, rng=0)


def main(count: int = 2400, seed: int = 20) -> int:
    """Run the trials and print the verdicts; the exit code tells whether any was an alarm."""
    verdicts: Counter[str] = Counter()
    for number, trial in enumerate(trials(np.random.default_rng(seed), count)):
        answer = check(trial)
        verdicts[f"{np.dtype(trial.dtype).name} {answer.verdict}"] += 1
        if str(answer.verdict) not in ("match", "kink"):
            print(f"trial {number}, m {len(trial.point.x)}, {np.dtype(trial.dtype).name}: {answer}", flush=True)
    print(f"{count} correct gradients: " + ", ".join(f"{n} {name}" for name, n in sorted(verdicts.items())))
    return int(any(not name.endswith(("match", "kink")) or name.endswith("mismatch") for name in verdicts))


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
