"""Linear systems ``X = A^-1 B``, inverses and determinants: one block on the tape each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.matrix_blocks import NodeMatrix, adjoints_of, outputs
from gradcheck.certified.numbers.arrays import Objects, objects, wrap
from gradcheck.certified.numbers.nodes import DERIVED
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, ELEMENTWISE
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, BallMatrix, widened

if TYPE_CHECKING:
    from gradcheck.certified.numbers.tape import Adjoints

_SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))  # sign and logabsdet by name


def square(a: Any, name: str) -> Objects:
    """A square matrix of Scalars; LinAlgError for what is none."""
    matrix = objects(a)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise np.linalg.LinAlgError(f"{name} of an array of shape {matrix.shape}, expected square matrices")
    return matrix


def each_matrix(function: Callable[..., Any], *stacks: Objects) -> Any:
    """``function`` of the matrices at each place along the leading axes, which are broadcast; its results stacked."""
    outer = np.broadcast_shapes(*(stack.shape[:-2] for stack in stacks))
    wide = [np.broadcast_to(stack, outer + stack.shape[-2:]) for stack in stacks]
    parts = [objects(function(*(wrap(stack[place]) for stack in wide))) for place in np.ndindex(*outer)]
    return wrap(np.stack(parts).reshape(outer + parts[0].shape))


def _perturbed(matrix: NodeMatrix) -> Any:
    """The matrix widened by what elimination in floats may do to it (Higham 2002, ch. 9), where rounding counts."""
    if not active.unit:
        return matrix.balls
    n = matrix.shape[0]
    radius = 4 * n * n * active.unit * float(np.max(matrix.sizes()))
    return BallMatrix(n, n, [widened(ball, radius) for ball in matrix.balls.entries()])


def _solved(matrix: Any, right: Any) -> Any:
    try:
        return matrix.solve(right)
    except ZeroDivisionError:
        refuse("not-finite", Sentence("following.singular"))


def solve(a: Any, b: Any) -> Any:
    """``numpy.linalg.solve``: with adjoint G of X, that of B is ``A^-T G`` and that of A is ``-(A^-T G) X^T``."""
    stack, right = objects(a), objects(b)
    if stack.ndim > 2 or right.ndim > 2:
        if right.ndim > 1:
            return each_matrix(solve, stack, right)
        return each_matrix(lambda part: solve(part, right), stack)
    matrix = square(stack, "solve")
    columns = right[:, np.newaxis] if right.ndim == 1 else right
    left, known = NodeMatrix(matrix), NodeMatrix(columns)
    system = _perturbed(left)
    value = _solved(system, known.balls)
    result, start = outputs(value, columns.shape, (left, known))
    if start is not None and active.tape is not None:
        tape, shape = active.tape, columns.shape

        def pull(adjoints: Adjoints) -> None:
            g = adjoints_of(adjoints, tape, start, shape)
            if g is None:
                return
            of_right = _solved(system.transpose(), g)
            if known.nodes is not None:
                tape.add(adjoints, known.nodes, of_right.entries())
            if left.nodes is not None:
                tape.add(adjoints, left.nodes, [-ball for ball in (of_right * value.transpose()).entries()])

        tape.add_block(start, columns.size, pull, matrix.size + columns.size)
    return wrap(result[:, 0] if right.ndim == 1 else result)


def inv(a: Any) -> Any:
    """``numpy.linalg.inv``."""
    return solve(a, np.identity(objects(a).shape[-1]))


def _determinant(a: Objects) -> tuple[NodeMatrix, Any]:
    matrix = NodeMatrix(square(a, "det"))
    return matrix, _perturbed(matrix).det()


def _inverse_transposed(matrix: NodeMatrix) -> list[Any]:
    n = matrix.shape[0]
    identity = BallMatrix(n, n, [Ball(int(i == j)) for i in range(n) for j in range(n)])
    return list(_solved(_perturbed(matrix), identity).transpose().entries())


def _of_matrix(ball: Any, matrix: NodeMatrix, partials: Callable[[], list[Any]]) -> Scalar:
    """A number that depends on every entry of a matrix."""
    tape = active.tape
    if matrix.nodes is None:
        return Scalar(ball)
    if tape is None:
        return Scalar(ball, DERIVED)
    for node, partial in zip(matrix.nodes, partials(), strict=True):
        if node >= 0:
            tape.parents.append(node)
            tape.partials.append(partial)
    return Scalar(ball, tape.close())


def det(a: Any) -> Any:
    """``numpy.linalg.det``: the derivative is ``det A^-T``."""
    if objects(a).ndim > 2:
        return each_matrix(det, objects(a))
    matrix, value = _determinant(a)
    return _of_matrix(value, matrix, lambda: [value * ball for ball in _inverse_transposed(matrix)])


def slogdet(a: Any) -> Any:
    """``numpy.linalg.slogdet``: the derivative of ``log |det A|`` is ``A^-T``."""
    if objects(a).ndim > 2:
        return _SlogdetResult(*(each_matrix(lambda part, k=k: slogdet(part)[k], objects(a)) for k in (0, 1)))
    matrix, value = _determinant(a)
    sign = ELEMENTWISE["sign"](Scalar(value))
    return _SlogdetResult(sign, _of_matrix(abs(value).log(), matrix, lambda: _inverse_transposed(matrix)))


ARRAY_FUNCTIONS |= {
    np.linalg.solve: solve,
    np.linalg.inv: inv,
    np.linalg.det: det,
    np.linalg.slogdet: slogdet,
}
