"""Matrix products and linear systems: one block on the tape each, computed by the library's own matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.certified.active import active
from gradcheck.certified.arrays import Objects, objects, store, wrap
from gradcheck.certified.choices import hull
from gradcheck.certified.nodes import CONSTANT, DERIVED
from gradcheck.certified.reasons import refuse
from gradcheck.certified.scalars import Scalar
from gradcheck.certified.tables import ARRAY_FUNCTIONS, ELEMENTWISE, PRODUCTS
from symbolic.balls import Ball, BallMatrix, magnitude, widened

if TYPE_CHECKING:
    from gradcheck.certified.tape import Adjoints, Tape

_empty = np.empty
_SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))  # sign and logabsdet by name


class Matrix:
    """A matrix of balls with the nodes of its entries, row by row; ``nodes`` is None where nothing in it varies."""

    def __init__(self, entries: Objects) -> None:
        rows = entries.tolist()
        self.balls = BallMatrix([[s.ball for s in row] for row in rows])
        self.shape = entries.shape
        nodes = [s.node for row in rows for s in row]
        self.nodes = nodes if max(nodes) > CONSTANT else None

    def sizes(self) -> Any:
        """Upper bounds of the entries' absolute values, as floats."""
        return _array_of([magnitude(ball) for ball in self.balls.entries()], self.shape)


def _array_of(values: list[float], shape: tuple[int, ...]) -> Any:
    return np.fromiter(values, dtype=np.float64, count=len(values)).reshape(shape)


def _matrix_of(adjoints: Adjoints, tape: Tape, start: int, shape: tuple[int, int]) -> Any:
    """The adjoints of a block's outputs; None where none has arrived."""
    found = adjoints[start - tape.first : start - tape.first + shape[0] * shape[1]]
    if all(g is None for g in found):
        return None
    return BallMatrix(*shape, [Ball(0) if g is None else hull(g) for g in found])


def _rounded_product(product: Any, left: Any, right: Any, terms: int) -> Any:
    """A product of matrices with the rounding error of sums of so many terms, in any order."""
    unit = active.unit
    if not unit:
        return product
    bound = (terms + 1) * unit * (left @ right)
    flat = [widened(ball, float(r) + active.tiny) for ball, r in zip(product.entries(), bound.ravel(), strict=True)]
    return BallMatrix(product.nrows(), product.ncols(), flat)


def _sizes(matrix: Any) -> Any:
    return _array_of([magnitude(b) for b in matrix.entries()], (matrix.nrows(), matrix.ncols())) if active.unit else None


def _outputs(value: Any, shape: tuple[int, int], inputs: tuple[Matrix, ...]) -> tuple[Objects, int | None]:
    """The entries of a block's result as Scalars, and the number of the first, if they are on the tape."""
    tape = active.tape
    result = _empty(shape[0] * shape[1], dtype=object)
    entries = value.entries()
    if all(matrix.nodes is None for matrix in inputs):
        result[:] = [Scalar(ball) for ball in entries]
        return result.reshape(shape), None
    if tape is None:
        result[:] = [Scalar(ball, DERIVED) for ball in entries]
        return result.reshape(shape), None
    start = tape.nodes(len(entries))
    result[:] = [Scalar(ball, start + k) for k, ball in enumerate(entries)]
    return result.reshape(shape), start


def _product(a: Objects, b: Objects) -> Objects:
    """``a @ b`` for two matrices of Scalars."""
    shape, terms = (a.shape[0], b.shape[1]), a.shape[1]
    if not (terms and shape[0] and shape[1]):
        return objects(np.zeros(shape, dtype=np.int64))
    left, right = Matrix(a), Matrix(b)
    value = left.balls * right.balls
    value = _rounded_product(value, left.sizes(), right.sizes(), terms) if active.unit else value
    result, start = _outputs(value, shape, (left, right))
    if start is not None and active.tape is not None:
        block = _product_block(active.tape, start, shape, left, right)
        active.tape.add_block(start, shape[0] * shape[1], block, a.size + b.size)
    return result


def _product_block(tape: Tape, start: int, shape: tuple[int, int], left: Matrix, right: Matrix) -> Callable[[Adjoints], None]:
    def pull(adjoints: Adjoints) -> None:
        g = _matrix_of(adjoints, tape, start, shape)
        if g is None:
            return
        if left.nodes is not None:
            other = right.balls.transpose()
            product = _rounded_product(g * other, _sizes(g), _sizes(other), shape[1])
            tape.add(adjoints, left.nodes, product.entries())
        if right.nodes is not None:
            other = left.balls.transpose()
            product = _rounded_product(other * g, _sizes(other), _sizes(g), shape[0])
            tape.add(adjoints, right.nodes, product.entries())

    return pull


def matmul(a: Any, b: Any, **options: Any) -> Any:
    """``a @ b`` by NumPy's rules for one, two and more axes."""
    if options.keys() - {"dtype"}:
        refuse("no-rule", f"numpy.matmul with {', '.join(options)} is not followed")
    left, right = objects(a), objects(b)
    if not left.ndim or not right.ndim:
        raise ValueError("matmul: operands need at least one axis; use * for a number")
    row, column = left.ndim == 1, right.ndim == 1
    left = left[np.newaxis] if row else left
    right = right[:, np.newaxis] if column else right
    if left.shape[-1] != right.shape[-2]:
        raise ValueError(f"matmul: shapes {np.shape(a)} and {np.shape(b)} do not fit: {left.shape[-1]} != {right.shape[-2]}")
    result = _product(left, right) if left.ndim == right.ndim == 2 else _stacked(left, right)
    result = result[..., 0] if column else result
    return wrap(result[..., 0, :] if row and not column else result[..., 0] if row else result)


def _stacked(left: Objects, right: Objects) -> Objects:
    """A product for each place along the leading axes; for a matrix on the right the rows are one long matrix."""
    if right.ndim == 2:
        flat = _product(left.reshape(-1, left.shape[-1]), right)
        return flat.reshape(*left.shape[:-1], right.shape[-1])
    outer = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = np.broadcast_to(left, outer + left.shape[-2:])
    right = np.broadcast_to(right, outer + right.shape[-2:])
    result = _empty((*outer, left.shape[-2], right.shape[-1]), dtype=object)
    for place in np.ndindex(*outer):
        result[place] = _product(left[place], right[place])
    return result


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """``numpy.dot``: a product of numbers, or the last axis of a against the last but one of b."""
    if out is not None:
        refuse("no-rule", "numpy.dot with out is not followed")
    left, right = objects(a), objects(b)
    if not left.ndim or not right.ndim:
        return wrap(left) * wrap(right)
    if right.ndim <= 2:
        return matmul(wrap(left), wrap(right))
    return tensordot(wrap(left), wrap(right), axes=([left.ndim - 1], [right.ndim - 2]))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Sum over the given axes of a and b: one matrix product."""
    left, right = objects(a), objects(b)
    if isinstance(axes, int | np.integer):
        of_left, of_right = list(range(left.ndim - axes, left.ndim)), list(range(axes))
    else:
        of_left, of_right = ([int(i) for i in np.atleast_1d(part)] for part in axes)
    of_left, of_right = [i % left.ndim for i in of_left], [i % right.ndim for i in of_right]
    if [left.shape[i] for i in of_left] != [right.shape[i] for i in of_right]:
        raise ValueError(f"tensordot: shapes {left.shape} and {right.shape} do not fit along the axes {axes}")
    kept_left = [i for i in range(left.ndim) if i not in of_left]
    kept_right = [i for i in range(right.ndim) if i not in of_right]
    terms = int(np.prod([left.shape[i] for i in of_left], dtype=np.int64))
    shape = [left.shape[i] for i in kept_left] + [right.shape[i] for i in kept_right]
    flat_left = left.transpose(kept_left + of_left).reshape(-1, terms)
    flat_right = right.transpose(of_right + kept_right).reshape(terms, -1)
    result = wrap(_product(flat_left, flat_right).reshape(shape))
    return result[()] if not shape else result


def inner(a: Any, b: Any) -> Any:
    """Sum over the last axes."""
    left, right = objects(a), objects(b)
    if not left.ndim or not right.ndim:
        return wrap(left) * wrap(right)
    return tensordot(a, b, axes=([left.ndim - 1], [right.ndim - 1]))


def vdot(a: Any, b: Any) -> Any:
    """The sum of all products."""
    return matmul(wrap(objects(a).reshape(-1)), wrap(objects(b).reshape(-1)))


def vecdot(a: Any, b: Any, axis: int = -1) -> Any:
    """The sum of products along one axis."""
    return np.sum(wrap(objects(a)) * wrap(objects(b)), axis=axis)


def outer(a: Any, b: Any, out: Any = None) -> Any:
    """All products of an entry of a with one of b."""
    result = wrap(objects(a).reshape(-1, 1)) * wrap(objects(b).reshape(1, -1))
    return result if out is None else store(out, result)


# Linear systems: X = A^-1 B


def _square(a: Any, name: str) -> Objects:
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


def _perturbed(matrix: Matrix) -> Any:
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
        refuse("not-finite", "a linear system is singular, or cannot be told from a singular one")


def solve(a: Any, b: Any) -> Any:
    """``numpy.linalg.solve``: with adjoint G of X, that of B is ``A^-T G`` and that of A is ``-(A^-T G) X^T``."""
    stack, right = objects(a), objects(b)
    if stack.ndim > 2 or right.ndim > 2:
        if right.ndim > 1:
            return each_matrix(solve, stack, right)
        return each_matrix(lambda part: solve(part, right), stack)
    matrix = _square(stack, "solve")
    columns = right[:, np.newaxis] if right.ndim == 1 else right
    left, known = Matrix(matrix), Matrix(columns)
    system = _perturbed(left)
    value = _solved(system, known.balls)
    result, start = _outputs(value, columns.shape, (left, known))
    if start is not None and active.tape is not None:
        tape, shape = active.tape, columns.shape

        def pull(adjoints: Adjoints) -> None:
            g = _matrix_of(adjoints, tape, start, shape)
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


def _determinant(a: Objects) -> tuple[Matrix, Any]:
    matrix = Matrix(_square(a, "det"))
    return matrix, _perturbed(matrix).det()


def _inverse_transposed(matrix: Matrix) -> list[Any]:
    n = matrix.shape[0]
    identity = BallMatrix(n, n, [Ball(int(i == j)) for i in range(n) for j in range(n)])
    return list(_solved(_perturbed(matrix), identity).transpose().entries())


def _of_matrix(ball: Any, matrix: Matrix, partials: Callable[[], list[Any]]) -> Scalar:
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


PRODUCTS["matmul"] = PRODUCTS["matvec"] = matmul
PRODUCTS["vecdot"] = vecdot
ARRAY_FUNCTIONS |= {
    np.dot: dot,
    np.vdot: vdot,
    np.inner: inner,
    np.outer: outer,
    np.tensordot: tensordot,
    np.linalg.solve: solve,
    np.linalg.inv: inv,
    np.linalg.det: det,
    np.linalg.slogdet: slogdet,
}
