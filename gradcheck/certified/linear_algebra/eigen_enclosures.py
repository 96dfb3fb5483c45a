"""Rigorous bounds for the eigenvalues and eigenvectors of a symmetric matrix of balls.

An approximation X D X^T of the matrix is improved until the precision is used up (Ogita and Aishima 2018), then its
residual is bounded. What the residual, the radii of the entries and the rounding of floats may do to an eigenvalue follows
from Weyl's theorem, what they may do to an eigenvector from that of Davis and Kahan: the smaller the distance to the next
eigenvalue, the more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from symbolic.balls import Ball, BallMatrix, current_precision, magnitude, widened

_eigh = np.linalg.eigh  # the original: during a run the name in numpy is ours
TINY = 2.0**-960  # above all that floats lose below their range
MAX_STEPS = 24  # each doubles the digits: six lead from floats to 1,000 bits, the rest is for eigenvalues close together


@dataclass(frozen=True)
class Cluster:
    """Neighbouring eigenvalues that cannot be told apart, by place; a single one where they can.

    ``reach`` bounds the sine of the angle between the true invariant subspace and the approximate one.
    """

    places: tuple[int, ...]
    reach: float


@dataclass(frozen=True)
class Eigen:
    """Eigenvalues in ascending order and approximate eigenvectors (columns), with what is known of their errors.

    ``error`` bounds the error of each eigenvalue, ``skew`` how far the approximate eigenvectors are from orthonormal ones.
    """

    middles: list[Any]
    vectors: Any
    error: float
    skew: float
    clusters: tuple[Cluster, ...]

    def values(self) -> list[Any]:
        """The eigenvalues as balls."""
        return [widened(middle, self.error) for middle in self.middles]

    def enclosed_vectors(self) -> Any:
        """The eigenvectors as balls, columns; those that no simple eigenvalue has as [-1, 1], which says nothing."""
        n = len(self.middles)
        radii = [2.0] * n
        for cluster in self.clusters:
            if len(cluster.places) == 1:
                radii[cluster.places[0]] = 1.5 * cluster.reach + 2 * self.skew  # sqrt(2) times the sine
        return BallMatrix(n, n, [widened(ball, radii[k % n]) for k, ball in enumerate(self.vectors.entries())])

    def projector(self, cluster: Cluster) -> Any:
        """The orthogonal projector onto the subspace of a cluster."""
        n = len(self.middles)
        part = BallMatrix(n, len(cluster.places), [self.vectors[i, k] for i in range(n) for k in cluster.places])
        return blurred(part * part.transpose(), cluster.reach + 3 * self.skew)


def blurred(matrix: Any, radius: float) -> Any:
    """Every entry widened."""
    return BallMatrix(matrix.nrows(), matrix.ncols(), [widened(ball, radius) for ball in matrix.entries()])


def frobenius(matrix: Any) -> float:
    """An upper bound of the Frobenius norm, which bounds the spectral one."""
    sizes = [magnitude(ball) for ball in matrix.entries()]
    largest = max(sizes)
    if not largest:
        return 0.0 if all(ball.is_zero() for ball in matrix.entries()) else TINY
    if not math.isfinite(largest):
        return math.inf
    return largest * math.sqrt(sum((size / largest) ** 2 for size in sizes)) * (1 + 1e-12) + TINY


def enclose(matrix: Any, unit: float) -> Eigen | None:
    """The eigenvalues of a symmetric matrix of balls; None where they cannot be bounded.

    With ``unit`` the error of a backward stable float library counts, too: ``n u |A|``.
    """
    n = matrix.nrows()
    middle = _middle(matrix)
    floats = np.array([float(ball) for ball in middle.entries()]).reshape(n, n)
    if not np.isfinite(floats).all():
        return None
    size = frobenius(middle)
    vectors, middles = _approximation(middle, floats, size)
    products = [vectors.transpose() * vectors - _diagonal([Ball(1)] * n), middle * vectors - vectors * _diagonal(middles)]
    skew, residual = (frobenius(product) for product in products)
    if not skew < 0.25:
        return None
    radii = frobenius(BallMatrix(n, n, [ball.rad() for ball in matrix.entries()]))
    error = residual + skew * (size + max(map(magnitude, middles))) + radii + n * unit * size
    return Eigen(middles, vectors, error, skew, _clusters(middles, error))


def _middle(matrix: Any) -> Any:
    return BallMatrix(matrix.nrows(), matrix.ncols(), [ball.mid() for ball in matrix.entries()])


def _diagonal(balls: list[Any]) -> Any:
    n = len(balls)
    return BallMatrix(n, n, [balls[i] if i == j else Ball(0) for i in range(n) for j in range(n)])


def _clusters(middles: list[Any], error: float) -> tuple[Cluster, ...]:
    """Eigenvalues nearer to each other than four times their error are taken together."""
    gaps = [math.inf, *(float((b - a).lower()) for a, b in pairwise(middles)), math.inf]
    starts = [k for k in range(len(middles)) if gaps[k] > 4 * error]
    found = []
    for start, end in zip(starts, [*starts[1:], len(middles)], strict=True):
        gap = min(gaps[start], gaps[end])
        found.append(Cluster(tuple(range(start, end)), error / (gap - error) * (1 + 1e-12)))
    return tuple(found)


def _approximation(matrix: Any, floats: Any, size: float) -> tuple[Any, list[Any]]:
    """Nearly orthonormal columns and nearly the eigenvalues, ascending; both exact numbers."""
    n = matrix.nrows()
    vectors = BallMatrix(n, n, [Ball(float(v)) for v in _eigh(floats)[1].ravel()])
    enough = size * 2.0 ** (12 - current_precision())
    last, stalled = math.inf, 0
    for _ in range(MAX_STEPS):
        lack = _diagonal([Ball(1)] * n) - vectors.transpose() * vectors
        rotated = vectors.transpose() * matrix * vectors
        values = [(rotated[i, i] / (1 - lack[i, i])).mid() for i in range(n)]
        off = frobenius(rotated - _diagonal(values)) + size * frobenius(lack)
        stalled += not off < 0.9 * last
        if off <= enough or stalled > 6:
            break
        last = off
        vectors = _middle(vectors + vectors * _correction(rotated, lack, values, 2 * off))
        vectors = _untangled(vectors, matrix, values, 2 * off, enough)
    order = sorted(range(n), key=lambda i: values[i])
    return BallMatrix(n, n, [vectors[i, j] for i in range(n) for j in order]), [values[j] for j in order]


def _correction(rotated: Any, lack: Any, values: list[Any], limit: float) -> Any:
    """The first-order correction of the columns; between eigenvalues that are too close, of their lengths alone."""
    n = len(values)

    def entry(i: int, j: int) -> Any:
        gap = values[j] - values[i]
        return ((rotated[i, j] + values[j] * lack[i, j]) / gap if abs(gap) > limit else lack[i, j] / 2).mid()

    return BallMatrix(n, n, [entry(i, j) for i in range(n) for j in range(n)])


def _untangled(vectors: Any, matrix: Any, values: list[Any], limit: float, enough: float) -> Any:
    """Turn the columns of eigenvalues that are too close within their own space, by the small matrix that they make."""
    n = len(values)
    order = sorted(range(n), key=lambda i: values[i])
    groups: list[list[int]] = []
    for k, place in enumerate(order):
        if k and not values[place] - values[order[k - 1]] > limit:
            groups[-1].append(place)
        else:
            groups.append([place])
    for group in groups:
        if len(group) > 1:
            part = BallMatrix(n, len(group), [vectors[i, j] for i in range(n) for j in group])
            inner = part.transpose() * matrix * part - _diagonal([values[group[0]]] * len(group))
            scale = frobenius(inner)
            if scale > enough:
                small = np.array([float(b / scale) for b in (inner + inner.transpose()).entries()]).reshape(len(group), -1)
                turned = part * _orthonormal(_eigh(small)[1])
                for column, j in enumerate(group):
                    for i in range(n):
                        vectors[i, j] = turned[i, column].mid()
    return vectors


def _orthonormal(floats: Any) -> Any:
    """A matrix of floats that is nearly orthogonal, made so to full precision."""
    n = len(floats)
    turn = BallMatrix(n, n, [Ball(float(v)) for v in floats.ravel()])
    for _ in range(current_precision().bit_length() - 4):  # from 45 bits, which double each time
        turn = _middle(turn + turn * (_diagonal([Ball(1)] * n) - turn.transpose() * turn) * Ball(0.5))
    return turn
