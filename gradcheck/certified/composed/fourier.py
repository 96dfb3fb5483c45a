"""Fourier transforms by NumPy's names and by those of scipy.fft: linear maps along axes, one block on the tape each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.linear_maps import applied, fourier
from gradcheck.certified.numbers.arrays import Objects, objects, wrap
from gradcheck.certified.numbers.complex_arrays import TRANSFORMS, Complex, as_complex
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, AS_THEY_ARE, Rule
from gradcheck.certified.numbers.scalars import ZERO, Scalar
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

_FORWARD = {"fft", "rfft"}


def _fitted(array: Objects, length: int) -> Objects:
    """The first axis cut to a length, or filled up with zeros."""
    if len(array) >= length:
        return array[:length]
    missing = np.empty((length - len(array), *array.shape[1:]), dtype=object)
    missing.fill(ZERO)
    return np.concatenate([array, missing])


def transform(kind: str, a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """One transform along one axis; real results as an `Array`, complex ones as a `Complex`."""
    z = as_complex(a)
    if kind == "rfft" and isinstance(a, Complex):
        raise TypeError("rfft of complex numbers")
    parts = [np.moveaxis(objects(part), axis, 0) for part in (z.real, z.imag)]
    given = len(parts[0])
    length = int(n) if n is not None else 2 * (given - 1) if kind == "irfft" else given
    if length < 1:
        raise ValueError(f"Invalid number of data points ({length}) specified.")
    parts = [_fitted(part, length // 2 + 1 if kind == "irfft" else length) for part in parts]
    rest = parts[0].shape[1:]
    columns = np.concatenate([part.reshape(len(part), -1) for part in (parts[:1] if kind == "rfft" else parts)])
    found = wrap(_as_rows(applied(fourier(kind, length), columns), rest)) * _scale(kind, length, norm)
    if kind == "irfft":
        return np.moveaxis(found, 0, axis)
    half = len(found) // 2
    return Complex(np.moveaxis(found[:half], 0, axis), np.moveaxis(found[half:], 0, axis))


def _as_rows(result: Objects, rest: tuple[int, ...]) -> Objects:
    return result.reshape(len(result), *rest)


def _scale(kind: str, n: int, norm: str | None) -> Any:
    """What the choice of norm multiplies the usual transform with."""
    if norm in (None, "backward"):
        return 1
    if norm not in ("ortho", "forward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
    size = Ball(n) if norm == "forward" else Ball(n).sqrt()
    return Scalar(1 / size if kind in _FORWARD else size)


def _of_one(kind: str) -> Rule:
    def function(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: Any = None, **options: Any) -> Any:
        _check(out, options)
        return transform(kind, a, n, axis, norm)

    return function


def _check(out: Any, options: dict[str, Any]) -> None:
    if out is not None or options.keys() - {"overwrite_x", "workers", "plan"}:
        refuse("no-rule", Sentence("following.with", function="numpy.fft", options=("out",)))


def _of_several(kind: str, default: tuple[int, ...] | None) -> Rule:
    """Along several axes: the real transform along the last of them, which is the first one forwards, the last backwards."""

    def function(a: Any, s: Any = None, axes: Any = default, norm: str | None = None, out: Any = None, **options: Any) -> Any:
        _check(out, options)
        ndim = np.ndim(as_complex(a).real)
        if axes is None:
            axes = range(ndim) if s is None else range(-len(s), 0)
        axes = list(axes)
        sizes = [None] * len(axes) if s is None else list(s)
        steps = list(zip(axes, sizes, strict=True))
        if kind in ("fft", "ifft"):
            for axis, n in steps:
                a = transform(kind, a, n, axis, norm)
            return a
        if kind == "rfft":
            a = transform("rfft", a, steps[-1][1], steps[-1][0], norm)
        for axis, n in steps[:-1]:
            a = transform("fft" if kind == "rfft" else "ifft", a, n, axis, norm)
        return a if kind == "rfft" else transform("irfft", a, steps[-1][1], steps[-1][0], norm)

    return function


def _cosine(kind: str) -> Rule:
    def function(x: Any, type: int = 2, n: Any = None, axis: int = -1, norm: Any = None, **options: Any) -> Any:
        _check(None, options)
        if type != 2 or norm not in (None, "backward", "ortho"):
            refuse(
                "no-rule", Sentence("following.with", function=f"scipy.fft.{kind}", options=(f"type={type}", f"norm={norm!r}"))
            )
        rows = np.moveaxis(objects(x), axis, 0)
        rows = rows if n is None else _fitted(rows, int(n))
        matrix = fourier(kind + " ortho" if norm == "ortho" else kind, len(rows))
        return wrap(np.moveaxis(_as_rows(applied(matrix, rows.reshape(len(rows), -1)), rows.shape[1:]), 0, axis))

    return function


def _cosine_of_several(kind: str) -> Rule:
    def function(x: Any, type: int = 2, s: Any = None, axes: Any = None, norm: Any = None, **options: Any) -> Any:
        axes = range(np.ndim(x)) if axes is None else np.atleast_1d(axes).tolist()
        for axis, n in zip(axes, [None] * len(axes) if s is None else s, strict=True):
            x = _cosine(kind)(x, type, n, axis, norm, **options)
        return x

    return function


BY_NAME: dict[str, Callable[..., Any]] = {
    **{kind: _of_one(kind) for kind in ("fft", "ifft", "rfft", "irfft")},
    **{kind + "2": _of_several(kind, (-2, -1)) for kind in ("fft", "ifft", "rfft", "irfft")},
    **{kind + "n": _of_several(kind, None) for kind in ("fft", "ifft", "rfft", "irfft")},
}
_OF_NUMPY = {getattr(np.fft, name): rule for name, rule in BY_NAME.items()}
TRANSFORMS |= _OF_NUMPY
ARRAY_FUNCTIONS |= _OF_NUMPY
AS_THEY_ARE |= {np.fft.fftshift, np.fft.ifftshift}
OF_SCIPY_FFT: dict[str, Rule] = {
    **BY_NAME,
    "fftshift": np.fft.fftshift,
    "ifftshift": np.fft.ifftshift,
    **{kind: _cosine(kind) for kind in ("dct", "idct")},
    **{kind + "n": _cosine_of_several(kind) for kind in ("dct", "idct")},
}
