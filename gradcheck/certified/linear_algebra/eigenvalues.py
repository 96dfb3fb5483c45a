"""Eigenvalues and eigenvectors of symmetric matrices: one block on the tape.

With ``A = V diag(l) V^T``, and adjoints g of l and G of V, the adjoint of A is ``V (diag(g) + F * V^T G) V^T`` with
``F_ij = 1 / (l_j - l_i)`` off the diagonal. Equal eigenvalues have a space of eigenvectors instead of one each: if their
adjoints are equal (a determinant, a trace of a function) the derivative is that adjoint times the projector onto it; if
not, the function has a kink there, and the derivative is what lies between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.eigen_enclosures import Cluster, Eigen, enclose, frobenius
from gradcheck.certified.linear_algebra.linear_systems import square
from gradcheck.certified.linear_algebra.matrix_blocks import NodeMatrix, adjoints_of, outputs
from gradcheck.certified.linear_algebra.products import rounded_product
from gradcheck.certified.numbers.arrays import Objects, objects, wrap
from gradcheck.certified.numbers.choices import Mode
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.run_state import active
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, BallMatrix, is_constant_zero, magnitude, widened

if TYPE_CHECKING:
    from gradcheck.certified.numbers.tape import Adjoints

_array = np.array
_eigh = np.linalg.eigh
_EighResult: Any = type(_eigh(np.eye(1)))  # eigenvalues and eigenvectors by name


def symmetric(matrix: Objects, uplo: str) -> Objects:
    """The symmetric matrix of which NumPy reads one triangle."""
    lower = matrix if uplo.upper() == "L" else matrix.T
    places = np.tri(len(lower), dtype=bool)
    return np.where(places, lower, lower.T)


def middles(matrix: Objects) -> Any:
    """The midpoints of the entries as floats: what NumPy would compute with."""
    return _array([float(cell.ball.mid()) for cell in matrix.ravel()], dtype=np.float64).reshape(matrix.shape)


def decompose(matrix: Objects, like: Any, name: str) -> tuple[Objects, Objects]:
    """Eigenvalues, ascending, and eigenvectors (columns) of a symmetric matrix.

    A vector and its negative are both eigenvectors: each is taken in the direction of the same column of ``like``.
    """
    n = len(matrix)
    if not n:
        return matrix[0:0].reshape(0), matrix
    known = NodeMatrix(matrix)
    found = enclose(known.balls, active.unit)
    if found is None:
        refuse("not-finite", Sentence("following.eigenvalues", name=name))
    _turn_like(found.vectors, like)
    vectors = found.enclosed_vectors()
    value = BallMatrix(n + 1, n, [*found.values(), *vectors.entries()])
    result, start = outputs(value, (n + 1, n), (known,))
    if start is not None and active.tape is not None:
        tape, nodes = active.tape, known.nodes or []

        def pull(adjoints: Adjoints) -> None:
            g = adjoints_of(adjoints, tape, start, (n + 1, n))
            if g is not None:
                tape.add(adjoints, nodes, _pulled(found, vectors, g, name).entries())

        tape.add_block(start, (n + 1) * n, pull, n * n * n)
    return result[0], result[1:]


def _turn_like(vectors: Any, like: Any) -> None:
    """Change the signs of columns to those of a float matrix."""
    for j in range(vectors.ncols()):
        column = [float(vectors[i, j]) for i in range(vectors.nrows())]
        if float(np.dot(column, like[:, j])) < 0:
            for i in range(vectors.nrows()):
                vectors[i, j] = -vectors[i, j]


def _pulled(found: Eigen, vectors: Any, g: Any, name: str) -> Any:
    """The adjoint of the matrix from those of eigenvalues (the first row of g) and eigenvectors (the rest)."""
    n = vectors.nrows()
    of_values = [g[0, j] for j in range(n)]
    of_vectors = BallMatrix(n, n, list(g.entries())[n:])
    simple = [c.places[0] for c in found.clusters if len(c.places) == 1]
    several = [c for c in found.clusters if len(c.places) > 1]
    varies = [j for j in range(n) if not all(is_constant_zero(of_vectors[i, j]) for i in range(n))]
    if not set(varies) <= set(simple):
        refuse("repeated-eigenvalue", Sentence("following.repeated-eigenvalue", name=name))
    columns = BallMatrix(n, len(simple), [vectors[i, j] for i in range(n) for j in simple])
    inner = _inner(found.values(), simple, of_values, columns.transpose() * of_vectors, varies)
    total = rounded_product(rounded_product(columns, inner), columns.transpose()) if simple else BallMatrix(n, n)
    for cluster in several:
        projector = found.projector(cluster)
        total += _of_cluster(found, cluster, projector, [of_values[k] for k in cluster.places], name)
        total += _across(found, cluster, projector, columns, simple, of_vectors, varies)
    return total


def _inner(values: list[Any], simple: list[int], of_values: list[Any], turned: Any, varies: list[int]) -> Any:
    """The adjoint in the basis of the eigenvectors: ``diag(g) + F * V^T G``."""

    def entry(row: int, i: int, j: int) -> Any:
        if i == j:
            return of_values[i]
        return turned[row, j] / (values[j] - values[i]) if j in varies else Ball(0)

    k = len(simple)
    return BallMatrix(k, k, [entry(row, i, j) for row, i in enumerate(simple) for j in simple])


def _of_cluster(found: Eigen, cluster: Cluster, projector: Any, of_values: list[Any], name: str) -> Any:
    """The adjoint from equal eigenvalues: exact for equal adjoints of theirs, else all that lies between.

    What has eigenvalues between c - r and c + r on the space of the projector P is ``c P_ij`` up to ``r sqrt(P_ii P_jj)``.
    """
    n = projector.nrows()
    low, high = min(g.lower() for g in of_values), max(g.upper() for g in of_values)
    middle, radius = ((low + high) / 2).mid(), magnitude(high - low) / 2
    if radius > magnitude(middle) * 2.0**-60:
        active.choices.asked += 1
        active.choices.note(name, exact=False)
        if active.choices.mode is Mode.MIDPOINT:
            part = BallMatrix(n, len(of_values), [found.vectors[i, k] for i in range(n) for k in cluster.places])
            scaled = BallMatrix(n, len(of_values), [part[i, k] * g for i in range(n) for k, g in enumerate(of_values)])
            return scaled * part.transpose()
    roots = [magnitude(projector[i, i]) ** 0.5 * radius**0.5 for i in range(n)]
    return BallMatrix(
        n, n, [widened(projector[i, j] * middle, roots[i] * roots[j] * (1 + 1e-12)) for i in range(n) for j in range(n)]
    )


def _across(
    found: Eigen, cluster: Cluster, projector: Any, columns: Any, simple: list[int], of_vectors: Any, varies: list[int]
) -> Any:
    """What eigenvectors give by turning towards the space of equal eigenvalues."""
    n, values = projector.nrows(), found.values()
    hull = values[cluster.places[0]]
    for k in cluster.places[1:]:
        hull = hull.union(values[k])
    total = BallMatrix(n, n)
    for j in varies:
        g = BallMatrix(n, 1, [of_vectors[i, j] for i in range(n)])
        factor = 1 / (values[j] - hull)
        towards = projector * g * factor.mid()
        towards = BallMatrix(n, 1, [widened(ball, float(factor.rad()) * frobenius(g)) for ball in towards.entries()])
        place = simple.index(j)
        total += towards * BallMatrix(1, n, [columns[i, place] for i in range(n)])
    return total


# numpy.linalg


def _of_each(a: Any, uplo: str, name: str) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors of a matrix, or of each matrix of a stack."""
    stack = objects(a)
    if stack.ndim <= 2:
        matrix = symmetric(square(stack, name), uplo)
        values, vectors = decompose(matrix, _eigh(middles(matrix))[1], name)
        return wrap(values), wrap(vectors)
    outer = stack.shape[:-2]
    parts = [_of_each(wrap(stack[place]), uplo, name) for place in np.ndindex(*outer)]
    return tuple(wrap(np.stack([objects(p[k]) for p in parts]).reshape(outer + parts[0][k].shape)) for k in (0, 1))


def eigh(a: Any, UPLO: str = "L") -> Any:
    """``numpy.linalg.eigh``."""
    return _EighResult(*_of_each(a, UPLO, "eigh"))


def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """``numpy.linalg.eigvalsh``."""
    return _of_each(a, UPLO, "eigvalsh")[0]


ARRAY_FUNCTIONS |= {np.linalg.eigh: eigh, np.linalg.eigvalsh: eigvalsh}
