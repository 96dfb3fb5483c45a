"""The exponential of a matrix: one block on the tape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.certified.linear_algebra.eigen_enclosures import blurred, frobenius
from gradcheck.certified.linear_algebra.linear_systems import each_matrix, square
from gradcheck.certified.linear_algebra.matrix_blocks import NodeMatrix, adjoints_of, outputs
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.numbers.run_state import active
from symbolic.balls import Ball, BallMatrix

if TYPE_CHECKING:
    from gradcheck.certified.numbers.tape import Adjoints


def expm(a: Any) -> Any:
    """``scipy.linalg.expm``: the adjoint is the upper right block of ``exp([[A^T, G], [0, A^T]])`` (Higham 2008, ch. 10)."""
    stack = objects(a)
    if stack.ndim > 2:
        return each_matrix(expm, stack)
    matrix = square(stack, "expm")
    known, n = NodeMatrix(matrix), len(matrix)
    value = _rounded(known.balls.exp(), known.balls)
    result, start = outputs(value, (n, n), (known,))
    if start is not None and active.tape is not None:
        tape, nodes = active.tape, known.nodes or []

        def pull(adjoints: Adjoints) -> None:
            g = adjoints_of(adjoints, tape, start, (n, n))
            if g is not None:
                tape.add(adjoints, nodes, _rounded(_derivative(known.balls.transpose(), g), known.balls).entries())

        tape.add_block(start, n * n, pull, 8 * n * n * n)
    return wrap(result)


def _derivative(matrix: Any, direction: Any) -> Any:
    """The derivative of the exponential in a direction."""
    n = matrix.nrows()

    def entry(i: int, j: int) -> Any:
        if i < n:
            return matrix[i, j] if j < n else direction[i, j - n]
        return matrix[i - n, j - n] if j >= n else Ball(0)

    both = BallMatrix(2 * n, 2 * n, [entry(i, j) for i in range(2 * n) for j in range(2 * n)]).exp()
    return BallMatrix(n, n, [both[i, n + j] for i in range(n) for j in range(n)])


def _rounded(value: Any, matrix: Any) -> Any:
    """What scaling and squaring in floats may do: ``n u (1 + |A|) |exp A|``, where rounding counts."""
    if not active.unit:
        return value
    return blurred(value, value.nrows() * active.unit * (1 + frobenius(matrix)) * frobenius(value))
