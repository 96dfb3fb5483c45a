"""A constant matrix applied to the columns of an array: one block on the tape, with the rounding of fast transforms."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gradcheck.certified.linear_algebra.matrix_blocks import NodeMatrix, adjoints_of, outputs
from gradcheck.certified.numbers.arrays import Objects
from gradcheck.certified.numbers.run_state import active
from symbolic.balls import Ball, BallMatrix, current_precision, magnitude, widened

if TYPE_CHECKING:
    from gradcheck.certified.numbers.tape import Adjoints

EntryOfMap = Callable[[int, int], Any]


def applied(matrix: Any, columns: Objects) -> Objects:
    """``matrix @ columns`` for a matrix of constant balls and an array of Scalars with two axes."""
    known, shape = NodeMatrix(columns), (matrix.nrows(), columns.shape[1])
    value = _rounded(matrix * known.balls, matrix, known.balls)
    result, start = outputs(value, shape, (known,))
    if start is not None and active.tape is not None:
        tape, nodes = active.tape, known.nodes or []

        def pull(adjoints: Adjoints) -> None:
            g = adjoints_of(adjoints, tape, start, shape)
            if g is not None:
                back = matrix.transpose()
                tape.add(adjoints, nodes, _rounded(back * g, back, g).entries())

        tape.add_block(start, shape[0] * shape[1], pull, matrix.nrows() * matrix.ncols())
    return result


def _rounded(product: Any, matrix: Any, columns: Any) -> Any:
    """Widened, where rounding counts, by what a transform in ``log n`` steps may do: every entry feels every other."""
    if not active.unit:
        return product
    n, width = columns.nrows(), columns.ncols()
    largest = max(map(magnitude, matrix.entries()))
    sums = [sum(magnitude(columns[i, j]) for i in range(n)) for j in range(width)]
    bounds = [4 * (1 + math.log2(n)) * active.unit * largest * total + active.tiny for total in sums]
    flat = [widened(ball, bounds[k % width]) for k, ball in enumerate(product.entries())]
    return BallMatrix(product.nrows(), width, flat)


# Fourier transforms: the real parts of the input come first, then the imaginary parts; the output likewise.


@lru_cache(maxsize=32)
def _fourier(kind: str, n: int, bits: int) -> Any:
    rows, columns, entry = _KINDS[kind](n, _circle(n))
    return BallMatrix(rows, columns, [entry(i, j) for i in range(rows) for j in range(columns)])


def fourier(kind: str, n: int) -> Any:
    """The matrix of a transform of length n: "fft" of complex, "rfft" of real numbers, "dct", or their inverses."""
    return _fourier(kind, n, current_precision())


def _circle(n: int) -> tuple[list[Any], list[Any]]:
    """Cosines and sines of ``2 pi k / n``."""
    angles = [Ball(2 * k) / n for k in range(n)]
    return [angle.cos_pi() for angle in angles], [angle.sin_pi() for angle in angles]


def _fft(n: int, circle: Any, sign: int = -1, scale: int = 1) -> tuple[int, int, EntryOfMap]:
    cos, sin = circle

    def entry(i: int, j: int) -> Any:
        turn = i % n * (j % n) % n
        if (i < n) == (j < n):
            return cos[turn] / scale
        return (sin[turn] if (i >= n) == (sign > 0) else -sin[turn]) / scale

    return 2 * n, 2 * n, entry


def _rfft(n: int, circle: Any) -> tuple[int, int, EntryOfMap]:
    cos, sin = circle
    half = n // 2 + 1
    return 2 * half, n, lambda i, j: cos[i * j % n] if i < half else -sin[(i - half) * j % n]


def _irfft(n: int, circle: Any) -> tuple[int, int, EntryOfMap]:
    cos, sin = circle
    half = n // 2 + 1

    def entry(i: int, j: int) -> Any:
        k, real = j % half, j < half
        alone = k == 0 or 2 * k == n  # the others stand for their mirror images, too
        if alone:
            return cos[i * k % n] / n if real else Ball(0)
        return (cos[i * k % n] if real else -sin[i * k % n]) * 2 / n

    return n, 2 * half, entry


def _cosines(n: int, *, inverse: bool, orthogonal: bool) -> tuple[int, int, EntryOfMap]:
    """The cosine transform of type 2, ``2 sum x_j cos(pi k (2 j + 1) / 2 n)``, or its inverse."""

    def entry(i: int, j: int) -> Any:
        k, place = (j, i) if inverse else (i, j)
        cosine = (Ball(k * (2 * place + 1) % (4 * n)) / (2 * n)).cos_pi()
        if orthogonal:
            return cosine * (Ball(2 if k else 1) / n).sqrt()
        return cosine * (2 if k else 1) / (2 * n) if inverse else cosine * 2

    return n, n, entry


_KINDS: dict[str, Callable[..., tuple[int, int, EntryOfMap]]] = {
    "fft": _fft,
    "ifft": lambda n, circle: _fft(n, circle, sign=1, scale=n),
    "rfft": _rfft,
    "irfft": _irfft,
    "dct": lambda n, _: _cosines(n, inverse=False, orthogonal=False),
    "idct": lambda n, _: _cosines(n, inverse=True, orthogonal=False),
    "dct ortho": lambda n, _: _cosines(n, inverse=False, orthogonal=True),
    "idct ortho": lambda n, _: _cosines(n, inverse=True, orthogonal=True),
}
