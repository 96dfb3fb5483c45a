"""Rounding bounds of a wide network, a layer at a time: the bounds of `program`, in matrices.

What a sum of many products does is written for matrices here, with the same bounds as `approximate` has for each operation.
In the samples the independent errors of the terms of a sum, ``sum_i s_i e_i``, become one of their 2-norm, ``s |e|_2``: all
that Khintchine's inequality asks of them is that norm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.rounding.functions import error_numbers
from gradcheck.rounding.unfused_delta import unfused_errors, with_larger
from gradcheck.rounding.values import NO_ERRORS, NO_KINK, SUM_SPREAD, Approximate, Roundoff, arrived, batch_sum, bounded, exact
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.spec import NetworkSpec
from symbolic.programs.interpret import Numbers, run
from symbolic.programs.layers import Layers, Matrices, backward, cost, delta_statements, forward, output_delta
from symbolic.programs.statements import entry


class ApproximateMatrices(Matrices):
    """Matrices (..., m, n) of approximate values; parameters are exact."""

    def __init__(self, format: Roundoff) -> None:
        super().__init__(error_numbers(format), np.matmul)
        self.format = format

    def constant(self, number: Any) -> Approximate:
        """A number as it is handed over."""
        return exact(number, self.format)

    def affine(self, a: Approximate, W: Approximate, b: Approximate | None) -> Approximate:
        """``a W^T + b``: a sum of products, in any order."""
        return self._sums(a, W.value.swapaxes(-1, -2), None if b is None else b.value[..., np.newaxis, :])

    def back(self, delta: Approximate, W: Approximate) -> Approximate:
        """``delta W``."""
        return self._sums(delta, W.value, None)

    def _sums(self, a: Approximate, W: Array, b: Array | None) -> Approximate:
        """``sum_k a_k W_k + b`` for exact W and b: each product rounds once, and so does each addition."""
        u, tiny, size = self.format.u, self.format.tiny, np.abs(W)
        terms = W.shape[-2]
        n = terms if b is not None else terms - 1
        value, error, total = a.value @ W, a.error @ size, a.size @ size
        with np.errstate(under="ignore"):
            rounded = u * np.sqrt((a.size**2) @ size**2) + np.sqrt(terms) * tiny  # the 2-norm of what the products err by
        low, high = _reach(a, W)
        error = error + u * total + terms * tiny
        if b is not None:
            value, total = value + b, total + np.abs(b)
        if not n:
            return self._one_product(a, W, value, error, rounded, (low, high))
        local, typical = self.format.gamma(n) * total + tiny, u * min(n, SUM_SPREAD * np.sqrt(n)) * total + tiny
        samples = None if a.samples is None else _carried(a.samples, W)
        made = np.hypot(typical, rounded)
        return arrived(value, error, local, (low, high), self.format, samples, np.maximum(made - typical, 0.0), typical)

    def _one_product(
        self, a: Approximate, W: Array, value: Array, error: Array, rounded: Array, reach: tuple[Array, Array]
    ) -> Approximate:
        """A sum of one term adds nothing up."""
        samples = None if a.samples is None else _carried(a.samples, W)
        return arrived(value, error - rounded, rounded, reach, self.format, samples)

    def over_batch(self, delta: Approximate) -> Approximate:
        """(BP3): errors of examples are independent, so that bounds say as much as samples."""
        transposed = _mapped(delta.unsampled, lambda part: part.swapaxes(-1, -2))
        return _mapped(batch_sum(transposed), lambda part: part[..., 0])

    def outer(self, delta: Approximate, a: Approximate) -> Approximate:
        """``delta^T a``, (BP4), by bounds alone."""
        m, u, tiny = delta.value.shape[-2], self.format.u, self.format.tiny
        d = _mapped(delta.unsampled, lambda part: part.swapaxes(-1, -2))
        low, high, size = _reach_of_outer(d, a)
        error = d.size @ a.error + d.error @ (a.size + a.error)
        local = (u + self.format.gamma(max(m - 1, 1)) * (1 + u)) * size + 2 * m * tiny
        return Approximate(d.value @ a.value, error + local, low, high, self.format)

    def penalised(self, grad: Approximate, W: Approximate, lam: Approximate) -> Approximate:
        """``grad + lam W``."""
        u, tiny = self.format.u, self.format.tiny
        term = lam.value * W.value
        local = u * np.abs(term) + tiny + self.format.gamma(1) * (grad.size + np.abs(term)) + tiny
        return replace(grad, value=grad.value + term, error=grad.error + local)

    def columns(self, values: Approximate) -> list[Approximate]:
        """A layer's units."""
        return [self._column(values, k) for k in range(values.value.shape[-1])]

    def _column(self, values: Approximate, k: int) -> Approximate:
        samples = values.samples
        if samples is not None and samples is not NO_ERRORS:
            samples = samples[..., k, :]
        return replace(_mapped(values.unsampled, lambda part: part[..., k]), samples=samples)

    def joined(self, columns: Sequence[Approximate], like: Approximate) -> Approximate:
        """The matrix of these columns."""
        shape = like.value.shape[:-1]

        def part(parts: Sequence[Array]) -> Array:
            return np.stack([np.broadcast_to(one, shape) for one in parts], axis=-1)

        value, error = part([one.value for one in columns]), part([one.error for one in columns])
        low = high = NO_KINK
        if not all(one.smooth for one in columns):
            low, high = part([one.low for one in columns]), part([one.high for one in columns])
        kept = [one.samples for one in columns if one.samples is not None]
        samples = None
        if len(kept) == len(columns):
            count = max(one.shape[-1] for one in kept)
            samples = np.stack([np.broadcast_to(one, (*shape, count)) for one in kept], axis=-2)
        return Approximate(value, error, low, high, self.format, samples)

    def squares(self, W: Approximate) -> Approximate:
        """``sum W^2``."""
        value = np.atleast_1d((W.value**2).sum())
        error = self.format.gamma(W.value.size) * value + W.value.size * self.format.tiny
        return replace(exact(value, self.format).unsampled, error=error)


def _mapped(a: Approximate, view: Callable[[Array], Array]) -> Approximate:
    """Another view of values without samples."""
    low, high = (part if part is NO_KINK else view(part) for part in (a.low, a.high))
    return Approximate(view(a.value), view(a.error), low, high, a.format)


def _carried(samples: Array, W: Array) -> Array:
    """Samples of the errors of a, as ``a W`` has them."""
    if samples is NO_ERRORS:
        return NO_ERRORS
    return np.moveaxis(np.moveaxis(samples, -1, 0) @ W, 0, -1)


def _reach(a: Approximate, W: Array) -> tuple[Array, Array]:
    """What kinks do to ``a W``."""
    if a.smooth:
        return NO_KINK, NO_KINK
    up, down = np.maximum(W, 0), np.minimum(W, 0)
    return a.low @ up + a.high @ down, a.high @ up + a.low @ down


def _reach_of_outer(d: Approximate, a: Approximate) -> tuple[Array, Array, Array]:
    """What kinks do to ``d a`` (n_l, m) by (m, n_{l-1}), and the largest size that its terms have; example by example."""
    if d.smooth and a.smooth:
        return NO_KINK, NO_KINK, np.abs(d.value) @ np.abs(a.value)
    shape = np.broadcast_shapes(d.value.shape[:-2], a.value.shape[:-2])
    lows, highs, sizes = (np.zeros((*shape, d.value.shape[-2], a.value.shape[-1])) for _ in range(3))
    for i in range(d.value.shape[-1]):
        one, other = _example(d, i, -1), _example(a, i, -2)
        ends = [s * other.value + one.value * t + s * t for s in (one.low, one.high) for t in (other.low, other.high)]
        low, high, value = np.minimum.reduce(ends), np.maximum.reduce(ends), one.value * other.value
        lows, highs, sizes = lows + low, highs + high, sizes + np.maximum(np.abs(value + low), np.abs(value + high))
    return lows, highs, sizes


def _example(values: Approximate, i: int, axis: int) -> Approximate:
    """One example along an axis, which stays with length 1."""
    return _mapped(values, lambda part: np.take(np.broadcast_to(part, values.value.shape), [i], axis=axis))


def approximate_layers(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, format: Roundoff, *, dx: bool = False
) -> tuple[Layers, dict[str, Approximate]]:
    """Every layer's values, and the gradient, with bounds of their errors."""
    kind = ApproximateMatrices(format)
    exactly = {key: exact(value, format) for key, value in params.items()}
    with np.errstate(all="ignore"):
        layers = forward(spec, exactly, exact(x, format), exact(y, format), kind)
        for name, unfused in unfused_errors(spec, layers.output).items():
            layers.output[name] = with_larger(layers.output[name], unfused)
        found = backward(spec, exactly, layers, output_delta(spec, layers, kind), kind, dx=dx)
    return layers, {key: _finished(value) for key, value in found.items()}


def _finished(value: Approximate) -> Approximate:
    return replace(value.unsampled, error=bounded(value.error))


def approximate_cost(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, format: Roundoff
) -> tuple[Layers, Approximate, Approximate | None]:
    """The forward pass, the cost of the data, and the L2 term."""
    kind = ApproximateMatrices(format)
    exactly = {key: exact(value, format) for key, value in params.items()}
    with np.errstate(all="ignore"):
        layers = forward(spec, exactly, exact(x, format), exact(y, format), kind, delta=False)
        return layers, *cost(spec, exactly, layers, kind)


def moved_gradient(
    spec: NetworkSpec, params: Mapping[str, Array], layers: Layers, z: Mapping[int, Array], count: int, *, dx: bool
) -> dict[str, Array]:
    """The floats of the recursion where weighted inputs are others, in ``count`` ways (an axis before the usual ones)."""
    L, outputs = spec.L, range(spec.sizes[-1])
    moved = {entry(f"z{L}", k): exact(z[L][..., k], layers.z[L].format) for k in outputs}
    with np.errstate(all="ignore"):
        env = run(delta_statements(spec), {**layers.output, **moved}, error_numbers(layers.z[L].format))
        examples = layers.z[L].value.shape[:-1]
        delta = np.stack([np.broadcast_to(env[entry(f"delta{L}", k)].value, (count, *examples)) for k in outputs], axis=-1)
        plain = Layers(dict(z), {layer: a.value for layer, a in layers.a.items()}, {"lam": spec.l2})
        weights = {key: np.asarray(value, dtype=np.float64) for key, value in params.items()}
        found = backward(spec, weights, plain, delta, _SLOPES, dx=dx)
    shapes = {**spec.shapes, "x": layers.a[0].value.shape}
    return {key: np.broadcast_to(value, (count, *shapes[key])) for key, value in found.items()}


_SLOPES = Matrices(Numbers(float, {f"d{name}": row.dphi for name, row in ACTIVATIONS.items() if name != "softmax"}), np.matmul)
