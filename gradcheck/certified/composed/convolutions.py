"""Convolutions and filters of scipy.signal and scipy.ndimage: windows of the input times the weights, one matrix product."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.products import matmul
from gradcheck.certified.numbers.arrays import Objects, objects, wrap
from gradcheck.certified.numbers.registry import Rule
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numpy_functions.sums import total
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, magnitude, widened

_empty = np.empty
_PADS = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap", "symm": "symmetric"}
_PADS |= {"grid-mirror": "symmetric", "grid-wrap": "wrap"}


def padded(array: Objects, widths: list[tuple[int, int]], mode: str, fill: Any = 0) -> Objects:
    """An array continued beyond its ends, by SciPy's names of how."""
    for axis, width in enumerate(widths):
        if mode in ("fill", "constant", "grid-constant"):
            shapes = [(*array.shape[:axis], size, *array.shape[axis + 1 :]) for size in width]
            array = np.concatenate([_filled(shapes[0], fill), array, _filled(shapes[1], fill)], axis=axis)
        elif mode in _PADS:
            array = np.take(array, np.pad(np.arange(array.shape[axis]), width, mode=_PADS[mode]), axis=axis)  # type: ignore[call-overload]
        else:
            raise ValueError(f"boundary mode {mode!r} not supported")
    return array


def _filled(shape: tuple[int, ...], value: Any) -> Objects:
    result = _empty(shape, dtype=object)
    result.fill(objects(value).item())
    return result


def windows(array: Objects, weights: Objects) -> Objects:
    """At each place where the weights fit, the sum of the entries under them times the weights."""
    view = np.lib.stride_tricks.sliding_window_view(array, weights.shape)
    outer = view.shape[: array.ndim]
    return objects(matmul(view.reshape(-1, weights.size), weights.reshape(-1))).reshape(outer)


def _reversed(array: Objects) -> Objects:
    return array[(slice(None, None, -1),) * array.ndim]


def _blurred(array: Objects, radius: float) -> Objects:
    """The same nodes with wider balls, where rounding counts."""
    if not active.unit:
        return array
    result = _empty(array.size, dtype=object)
    result[:] = [Scalar(widened(cell.ball, radius), cell.node) for cell in array.ravel()]
    return result.reshape(array.shape)


def _norm(array: Objects) -> float:
    return math.sqrt(sum(magnitude(cell.ball) ** 2 for cell in array.ravel()))


def _transform_error(a: Objects, b: Objects) -> float:
    """What a convolution by Fourier transforms may be off by in floats."""
    return 4 * (1 + math.log2(a.size + b.size)) * active.unit * _norm(a) * _norm(b) if active.unit else 0.0


# scipy.signal


def _full(a: Objects, b: Objects, boundary: str, fill: Any) -> Objects:
    widths = [(k - 1, k - 1) for k in b.shape]
    return windows(padded(a, widths, boundary, fill), _reversed(b))


def _convolved(
    a: Any, b: Any, mode: str, *, boundary: str = "fill", fill: Any = 0, flip: bool = False, late: bool = False
) -> Objects:
    """A convolution, of the second input turned round with ``flip``; ``late`` where the middle of an odd rest is its end."""
    left, right = objects(a), objects(b)
    if left.ndim != right.ndim:
        raise ValueError("in1 and in2 should have the same dimensionality")
    right = _reversed(right) if flip else right
    boundary = "fill" if mode == "valid" else boundary  # nothing beyond the ends is met there
    small_first = boundary == "fill" and right.size > left.size
    found = _full(right, left, boundary, fill) if small_first else _full(left, right, boundary, fill)
    if mode == "full":
        return found
    if mode == "same":
        shape: Any = left.shape
    elif mode == "valid":
        shape = [abs(n - k) + 1 for n, k in zip(left.shape, right.shape, strict=True)]
    else:
        raise ValueError("acceptable mode flags are 'valid', 'same', or 'full'")
    starts = [(n - size + late) // 2 for n, size in zip(found.shape, shape, strict=True)]
    return found[tuple(slice(start, start + size) for start, size in zip(starts, shape, strict=True))]


def _convolution(*, flip: bool) -> Rule:
    def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto", axes: Any = None) -> Any:
        if axes is not None:
            refuse("no-rule", Sentence("following.with", function="scipy.signal.fftconvolve", options=("axes",)))
        found = _convolved(in1, in2, mode, flip=flip)
        return wrap(found if method == "direct" else _blurred(found, _transform_error(objects(in1), objects(in2))))

    return convolve


def _by_transform(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    return _convolution(flip=False)(in1, in2, mode, axes=axes)


def _convolution_2d(*, flip: bool) -> Rule:
    def convolve2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Any:
        return wrap(_convolved(in1, in2, mode, boundary=boundary, fill=fillvalue, flip=flip, late=flip and mode == "same"))

    return convolve2d


def lfilter(b: Any, a: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    """``scipy.signal.lfilter`` by its difference equation."""
    if zi is not None:
        refuse("no-rule", Sentence("following.with", function="scipy.signal.lfilter", options=("zi",)))
    feed, back = (np.atleast_1d(objects(part)) for part in (b, a))
    rows = np.moveaxis(objects(x), axis, -1)
    result = _empty(rows.shape, dtype=object)
    for lane in np.ndindex(*rows.shape[:-1]):
        out: list[Scalar] = []
        for n in range(rows.shape[-1]):
            terms = [feed[k] * rows[lane][n - k] for k in range(min(n + 1, len(feed)))]
            terms += [-(back[k] * out[n - k]) for k in range(1, min(n + 1, len(back)))]
            out.append(total(terms) / back[0])
        result[lane] = out
    return wrap(np.moveaxis(result, -1, axis))


OF_SCIPY_SIGNAL: dict[str, Rule] = {
    "convolve": _convolution(flip=False),
    "correlate": _convolution(flip=True),
    "fftconvolve": _by_transform,
    "oaconvolve": _by_transform,
    "convolve2d": _convolution_2d(flip=False),
    "correlate2d": _convolution_2d(flip=True),
    "lfilter": lfilter,
}


# scipy.ndimage


def _filtered(x: Any, weights: Any, mode: str, cval: Any, origin: Any, *, flip: bool) -> Any:
    array, kernel = objects(x), objects(weights)
    origins = [origin] * array.ndim if np.ndim(origin) == 0 else list(origin)
    if flip:
        kernel = _reversed(kernel)
        origins = [-o - (k % 2 == 0) for o, k in zip(origins, kernel.shape, strict=True)]
    before = [k // 2 + o for o, k in zip(origins, kernel.shape, strict=True)]
    widths = [(left, k - 1 - left) for left, k in zip(before, kernel.shape, strict=True)]
    return wrap(windows(padded(array, widths, mode, cval), kernel))


def _of_image(*, flip: bool) -> Rule:
    def function(
        input: Any, weights: Any, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: Any = 0, **options: Any
    ) -> Any:
        _check(output, options)
        return _filtered(input, weights, mode, cval, origin, flip=flip)

    return function


def _along(*, flip: bool) -> Rule:
    def function(
        input: Any, weights: Any, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: int = 0
    ) -> Any:
        _check(output, {})
        return _lines(input, objects(weights), axis, mode, cval, origin, flip=flip)

    return function


def _lines(x: Any, weights: Objects, axis: int, mode: str, cval: Any, origin: int = 0, *, flip: bool = False) -> Any:
    """A filter along one axis: one of all axes that is one wide along the others."""
    array = objects(x)
    axis %= array.ndim
    shape = [len(weights) if k == axis else 1 for k in range(array.ndim)]
    origins = [origin if k == axis else 0 for k in range(array.ndim)]
    return _filtered(wrap(array), wrap(weights.reshape(shape)), mode, cval, origins, flip=flip)


def _check(output: Any, options: dict[str, Any]) -> None:
    if output is not None or any(value is not None for value in options.values()):
        refuse("no-rule", Sentence("following.with", function="scipy.ndimage", options=("output", "axes", "...")))


def _of_each_axis(x: Any, values: Any) -> list[tuple[int, Any]]:
    ndim = np.ndim(x)
    return list(enumerate([values] * ndim if np.ndim(values) == 0 else values))


def _gaussian(sigma: float, truncate: float, radius: int | None) -> Objects:
    reach = int(truncate * sigma + 0.5) if radius is None else int(radius)
    cells = [(-Ball(k * k) / (2 * Ball(sigma) * Ball(sigma))).exp() for k in range(-reach, reach + 1)]
    whole = sum(cells, start=Ball(0))
    result = _empty(len(cells), dtype=object)
    result[:] = [Scalar(cell / whole) for cell in cells]
    return result


def gaussian_filter1d(
    input: Any, sigma: Any, axis: int = -1, order: int = 0, output: Any = None,
    mode: str = "reflect", cval: Any = 0.0, truncate: float = 4.0, *, radius: Any = None,
) -> Any:  # fmt: skip
    """``scipy.ndimage.gaussian_filter1d`` of order 0."""
    _check(output, {})
    if order:
        refuse("no-rule", Sentence("following.gaussian-derivative"))
    return _lines(input, _gaussian(float(sigma), truncate, radius), axis, mode, cval)


def gaussian_filter(
    input: Any, sigma: Any, order: Any = 0, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
    truncate: float = 4.0, *, radius: Any = None, axes: Any = None,
) -> Any:  # fmt: skip
    """``scipy.ndimage.gaussian_filter``: one axis after the other."""
    _check(output, {"axes": axes})
    for axis, width in _of_each_axis(input, sigma):
        if float(width) > 1e-15:  # SciPy's own limit: narrower ones do nothing
            input = gaussian_filter1d(input, width, axis, order, None, mode, cval, truncate, radius=radius)
    return wrap(objects(input))


def uniform_filter1d(
    input: Any, size: int, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: int = 0
) -> Any:
    """``scipy.ndimage.uniform_filter1d``, which in floats is a running sum: its errors add up along the line."""
    _check(output, {})
    found = objects(_lines(input, _filled((size,), Scalar(Ball(1) / size)), axis, mode, cval, origin))
    radius = active.unit * sum(magnitude(cell.ball) for cell in objects(input).ravel()) * 4 if active.unit else 0.0
    return wrap(_blurred(found, radius))


def uniform_filter(
    input: Any, size: Any = 3, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: int = 0, *, axes: Any = None
) -> Any:
    """``scipy.ndimage.uniform_filter``: one axis after the other."""
    _check(output, {"axes": axes})
    for axis, width in _of_each_axis(input, size):
        input = uniform_filter1d(input, int(width), axis, None, mode, cval, origin)
    return wrap(objects(input))


def _differences(smooth: tuple[int, ...]) -> Rule:
    """Sobel's and Prewitt's filters: a difference along one axis, means along the others."""

    def function(input: Any, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, **options: Any) -> Any:
        _check(output, options)
        found = _lines(input, objects([-1, 0, 1]), axis, mode, cval)
        for other in range(np.ndim(input)):
            if other != axis % np.ndim(input):
                found = _lines(found, objects(list(smooth)), other, mode, cval)
        return found

    return function


def _laplace(input: Any, output: Any = None, mode: str = "reflect", cval: Any = 0.0, **options: Any) -> Any:
    _check(output, options)
    return sum(_lines(input, objects([1, -2, 1]), axis, mode, cval) for axis in range(np.ndim(input)))


OF_SCIPY_NDIMAGE: dict[str, Callable[..., Any]] = {
    "convolve": _of_image(flip=True),
    "correlate": _of_image(flip=False),
    "convolve1d": _along(flip=True),
    "correlate1d": _along(flip=False),
    "gaussian_filter": gaussian_filter,
    "gaussian_filter1d": gaussian_filter1d,
    "uniform_filter": uniform_filter,
    "uniform_filter1d": uniform_filter1d,
    "sobel": _differences((1, 2, 1)),
    "prewitt": _differences((1, 1, 1)),
    "laplace": _laplace,
}
