"""Matrix products: one block on the tape each, computed by the library's own matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.matrix_blocks import NodeMatrix, adjoints_of, array_of, outputs
from gradcheck.certified.numbers.arrays import Objects, objects, store, wrap
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, PRODUCTS
from gradcheck.certified.numbers.run_state import active
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import BallMatrix, magnitude, widened

if TYPE_CHECKING:
    from gradcheck.certified.numbers.tape import Adjoints, Tape

_empty = np.empty


def _product(a: Objects, b: Objects) -> Objects:
    """``a @ b`` for two matrices of Scalars."""
    shape, terms = (a.shape[0], b.shape[1]), a.shape[1]
    if not (terms and shape[0] and shape[1]):
        return objects(np.zeros(shape, dtype=np.int64))
    left, right = NodeMatrix(a), NodeMatrix(b)
    value = left.balls * right.balls
    value = _rounded(value, left.sizes(), right.sizes(), terms) if active.unit else value
    result, start = outputs(value, shape, (left, right))
    if start is not None and active.tape is not None:
        block = _product_block(active.tape, start, shape, left, right)
        active.tape.add_block(start, shape[0] * shape[1], block, a.size + b.size)
    return result


def _product_block(
    tape: Tape, start: int, shape: tuple[int, int], left: NodeMatrix, right: NodeMatrix
) -> Callable[[Adjoints], None]:
    def pull(adjoints: Adjoints) -> None:
        g = adjoints_of(adjoints, tape, start, shape)
        if g is None:
            return
        if left.nodes is not None:
            tape.add(adjoints, left.nodes, rounded_product(g, right.balls.transpose()).entries())
        if right.nodes is not None:
            tape.add(adjoints, right.nodes, rounded_product(left.balls.transpose(), g).entries())

    return pull


def matmul(a: Any, b: Any, **options: Any) -> Any:
    """``a @ b`` by NumPy's rules for one, two and more axes."""
    if options.keys() - {"dtype"}:
        refuse("no-rule", Sentence("following.with", function="numpy.matmul", options=tuple(options)))
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
        return store(out, dot(a, b))
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


def _rounded(product: Any, left: Any, right: Any, terms: int) -> Any:
    """A product of matrices with the rounding error of sums of so many terms, in any order."""
    unit = active.unit
    if not unit:
        return product
    bound = (terms + 1) * unit * (left @ right)
    flat = [
        widened(ball, float(r) + active.tiny) if r else ball for ball, r in zip(product.entries(), bound.ravel(), strict=True)
    ]
    return BallMatrix(product.nrows(), product.ncols(), flat)


def rounded_product(left: Any, right: Any) -> Any:
    """``left * right`` of two matrices of balls, with the rounding error of its sums where that counts."""
    return _rounded(left * right, _sizes(left), _sizes(right), left.ncols())


def _sizes(matrix: Any) -> Any:
    return array_of([magnitude(b) for b in matrix.entries()], (matrix.nrows(), matrix.ncols())) if active.unit else None


PRODUCTS["matmul"] = matmul
PRODUCTS["matvec"] = lambda a, b: matmul(a, wrap(objects(b)[..., np.newaxis]))[..., 0]
PRODUCTS["vecmat"] = lambda a, b: matmul(wrap(objects(a)[..., np.newaxis, :]), b)[..., 0, :]
PRODUCTS["vecdot"] = vecdot
ARRAY_FUNCTIONS |= {
    np.dot: dot,
    np.vdot: vdot,
    np.inner: inner,
    np.outer: outer,
    np.tensordot: tensordot,
}
