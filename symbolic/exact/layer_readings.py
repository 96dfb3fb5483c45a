"""Whole layers of balls, of residues, and of dual numbers over both: the readings of `symbolic.programs.layers` that judge.

Products are those of python-flint: of balls with rigorous radii, of residues exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reference_nets.spec import NetworkSpec
from symbolic.balls import Ball, BallMatrix, Enclosure, ModularMatrix, balls, precision
from symbolic.exact.ball_reading import ball_numbers, until_tight
from symbolic.exact.duals import Dual, dual_numbers
from symbolic.exact.field import PRIME, FieldPoint, Residue, field_numbers
from symbolic.programs.interpret import Array
from symbolic.programs.layers import Layers, Matrices, cost, forward, gradient


def _objects(entries: Sequence[Any], shape: tuple[int, ...]) -> Array:
    """An array of objects, none of which NumPy may look into."""
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array.reshape(shape)


def ball_product(left: Array, right: Array) -> Array:
    """The product of two matrices of balls."""
    (rows, inner), columns = left.shape, right.shape[1]
    one = BallMatrix(rows, inner, left.ravel().tolist())
    other = BallMatrix(inner, columns, right.ravel().tolist())
    return _objects((one * other).entries(), (rows, columns))


def _integers(values: Array) -> list[int]:
    return [residue.value for residue in values.ravel().tolist()]


def residue_product(left: Array, right: Array) -> Array:
    """The product of two matrices of residues."""
    (rows, inner), columns = left.shape, right.shape[1]
    one = ModularMatrix(rows, inner, _integers(left), PRIME)
    other = ModularMatrix(inner, columns, _integers(right), PRIME)
    return _objects([Residue(int(entry)) for entry in (one * other).entries()], (rows, columns))


def ball_matrices() -> Matrices:
    """Balls at the precision in force."""
    return Matrices(ball_numbers(), ball_product)


def field_matrices(key: bytes) -> Matrices:
    """Residues, with the hashed functions of this key."""
    return Matrices(field_numbers(key), residue_product)


class DualMatrices(Matrices):
    """Dual numbers over matrices of another kind, for the forward pass: parameters are duals, inputs and targets plain."""

    def __init__(self, base: Matrices) -> None:
        super().__init__(dual_numbers(base.numbers), base.product)
        self.base = base

    def affine(self, a: Any, W: Dual, b: Dual | None) -> Dual:
        """``a W^T + b`` and its tangent, ``a' W^T + a W'^T + b'``."""
        value = a.value if isinstance(a, Dual) else a
        tangent = self.base.affine(value, W.tangent, None if b is None else b.tangent)
        if isinstance(a, Dual):
            tangent = tangent + self.product(a.tangent, W.value.T)
        return Dual(self.base.affine(value, W.value, None if b is None else b.value), tangent)

    def columns(self, values: Any) -> list[Any]:
        """The units of a layer; targets are no duals."""
        if not isinstance(values, Dual):
            return self.base.columns(values)
        return [Dual(*pair) for pair in zip(*map(self.base.columns, (values.value, values.tangent)), strict=True)]

    def joined(self, columns: Sequence[Any], like: Any) -> Dual:
        """The matrix of these columns."""
        parts = [[getattr(column, part) for column in columns] for part in ("value", "tangent")]
        return Dual(*(self.base.joined(part, like.value) for part in parts))

    def squares(self, W: Dual) -> Dual:
        """``sum W^2``, and the tangent ``2 sum W W'``."""
        return Dual(*(np.atleast_1d(total) for total in ((W.value * W.value).sum(), 2 * (W.value * W.tangent).sum())))


def directional_derivative(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, direction: Mapping[str, Array], base: Matrices
) -> Any:
    """``d/dt C(params + t v)`` at t = 0, through the forward pass alone; v is 0 for the parameters that it lacks."""
    zero = base.constant(0)[0]
    duals = {key: Dual(value, direction.get(key, np.full(value.shape, zero))) for key, value in params.items()}
    kind = DualMatrices(base)
    data, penalty = cost(spec, duals, forward(spec, duals, x, y, kind, delta=False), kind)
    return (data if penalty is None else data + penalty).tangent[0]


def residue_derivative(spec: NetworkSpec, point: FieldPoint, direction: Mapping[str, Array]) -> Residue:
    """The same over the field."""
    value = directional_derivative(spec, point.params, point.x, point.y, direction, field_matrices(point.key))
    assert isinstance(value, Residue)
    return value


def residue_gradient(spec: NetworkSpec, point: FieldPoint) -> dict[str, Array]:
    """What the recursion calls the gradient, over the field."""
    return gradient(spec, point.params, point.x, point.y, field_matrices(point.key))


def ball_point(params: Mapping[str, Array], x: Array, y: Array) -> tuple[dict[str, Array], Array, Array]:
    """A float point as exact balls."""
    return {key: balls(value) for key, value in params.items()}, balls(x), balls(y)


def ball_layers_gradient(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, *, dx: bool = False
) -> dict[str, Array]:
    """The gradient's balls at the precision in force."""
    return gradient(spec, *ball_point(params, x, y), ball_matrices(), dx=dx)


def enclose_layers(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, *, dx: bool = False
) -> tuple[dict[str, Enclosure], int]:
    """The true gradient at a float point, and the bits that it took."""

    def at(bits: int) -> dict[str, Array]:
        with precision(bits):
            return ball_layers_gradient(spec, params, x, y, dx=dx)

    return until_tight(at)


def ball_derivatives(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, direction: Mapping[str, Array]
) -> tuple[Ball, Ball]:
    """``sum v g`` of the recursion, and dC along v from the forward pass, both as balls."""
    kind, at = ball_matrices(), ball_point(params, x, y)
    v = {key: balls(value) for key, value in direction.items()}
    grads = gradient(spec, *at, kind)
    claimed = sum(((v[key] * grads[key]).sum() for key in v), start=Ball(0))
    return claimed, directional_derivative(spec, *at, v, kind)


def ball_forward(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array) -> tuple[Layers, Any, Any]:
    """The forward pass on balls, the cost of the data, and the L2 term."""
    at, kind = ball_point(params, x, y), ball_matrices()
    layers = forward(spec, *at, kind, delta=False)
    return layers, *cost(spec, at[0], layers, kind)


def ball_cost(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array) -> Ball:
    """The whole cost at a point given in balls."""
    kind = ball_matrices()
    data, l2 = cost(spec, params, forward(spec, params, x, y, kind, delta=False), kind)
    return (data if l2 is None else data + l2)[0]
