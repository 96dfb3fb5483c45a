"""Complex arrays on balls: a pair of real ones. They come from Fourier transforms and speak NumPy's protocols.

A complex constant and a real array of ours are not combined: that is what a complex step does, and no formula.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.arrays import Ours, objects, wrap
from gradcheck.certified.numbers.registry import AS_THEY_ARE, Rule
from gradcheck.sentences.sentence import Sentence


class Complex(Ours):
    """``re + 1j * im``: two arrays of the same shape, or two numbers."""

    dtype = np.dtype(np.complex128)

    def __init__(self, re: Any, im: Any) -> None:
        self.real, self.imag = re, im

    shape = property(lambda self: np.shape(self.real))
    ndim = property(lambda self: np.ndim(self.real))
    size = property(lambda self: int(np.prod(self.shape, dtype=np.int64)))
    T = property(lambda self: np.transpose(self))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return on_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return on_function(func, args, kwargs)

    def __array__(self, *_: Any, **__: Any) -> Any:
        return refuse("complex", Sentence("following.complex-array-to-float"))

    def __complex__(self) -> complex:
        return refuse("complex", Sentence("following.complex-to-float"))

    def __len__(self) -> int:
        return len(self.real)

    def __iter__(self) -> Any:
        return (self[k] for k in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return Complex(self.real[index], self.imag[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        part = as_complex(value)
        self.real[index] = part.real
        self.imag[index] = part.imag

    def __neg__(self) -> Any:
        return Complex(-self.real, -self.imag)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return np.sqrt(np.square(self.real) + np.square(self.imag))

    def __pow__(self, power: Any) -> Any:
        return _power(self, power)

    def conj(self) -> Any:
        """The conjugate."""
        return Complex(self.real, -self.imag)

    conjugate = conj

    def astype(self, dtype: Any, **_: Any) -> Any:
        """A copy as complex numbers; the real part alone as floats, as NumPy does with a warning."""
        return self.copy() if np.dtype(dtype).kind == "c" else self.real.astype(dtype)

    def copy(self) -> Any:
        """A copy."""
        return Complex(np.copy(self.real), np.copy(self.imag))

    def reshape(self, *shape: Any) -> Any:
        """As NumPy's."""
        return Complex(self.real.reshape(*shape), self.imag.reshape(*shape))

    def transpose(self, *axes: Any) -> Any:
        """As NumPy's."""
        return Complex(self.real.transpose(*axes), self.imag.transpose(*axes))


def _method(name: str) -> Rule:
    return lambda self, *args, **kwargs: on_function(getattr(np, name), (self, *args), kwargs)


for _name in ("sum", "mean", "cumsum", "ravel", "squeeze", "dot", "trace", "diagonal", "swapaxes", "take", "repeat"):
    setattr(Complex, _name, _method(_name))
Complex.flatten = Complex.ravel  # type: ignore[attr-defined]
Complex.item = lambda self: self.reshape(())[()]  # type: ignore[attr-defined]


def as_complex(value: Any) -> Complex:
    """Anything that is numbers, as a pair of real arrays."""
    if isinstance(value, Complex):
        return value
    if isinstance(value, list | tuple) and any(isinstance(item, Complex) for item in value):
        parts = [as_complex(item) for item in value]
        return Complex(*(np.stack([wrap(objects(getattr(part, side))) for part in parts]) for side in ("real", "imag")))
    if isinstance(value, complex | np.complexfloating) or np.asarray(value).dtype.kind == "c":
        array = np.asarray(value)
        return Complex(wrap(objects(array.real.copy())), wrap(objects(array.imag.copy())))
    real = wrap(objects(value))
    return Complex(real, np.zeros_like(real))


# Universal functions


def _times(a: Complex, b: Complex) -> Complex:
    return Complex(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real)


def _over(a: Complex, b: Complex) -> Complex:
    size = np.square(b.real) + np.square(b.imag)
    top = _times(a, b.conj())
    return Complex(top.real / size, top.imag / size)


def _exp(z: Complex) -> Complex:
    size = np.exp(z.real)
    return Complex(size * np.cos(z.imag), size * np.sin(z.imag))


def _power(base: Any, power: Any) -> Any:
    if not isinstance(power, int | np.integer | float) or power != int(power):
        refuse("complex", Sentence("following.complex-power"))
    z, n = as_complex(base), int(power)
    result = as_complex(np.ones(z.shape))
    for _ in range(abs(n)):
        result = _times(result, z)
    return result if n >= 0 else _over(as_complex(np.ones(z.shape)), result)


def _by_parts(function: Rule) -> Rule:
    """A function that is linear in all its arrays, of the real and of the imaginary parts."""
    return lambda *parts: Complex(function(*(z.real for z in parts)), function(*(z.imag for z in parts)))


_UFUNCS: dict[str, Rule] = {
    "add": _by_parts(operator.add),
    "subtract": _by_parts(operator.sub),
    "negative": _by_parts(operator.neg),
    "positive": lambda z: z,
    "multiply": _times,
    "divide": _over,
    "true_divide": _over,
    "reciprocal": lambda z: _over(as_complex(1.0), z),
    "square": lambda z: _times(z, z),
    "conjugate": lambda z: z.conj(),
    "absolute": abs,
    "exp": _exp,
    "log": lambda z: Complex(np.log(abs(z)), np.arctan2(z.imag, z.real)),
    "isfinite": lambda z: np.isfinite(z.real) & np.isfinite(z.imag),
    "isnan": lambda z: np.isnan(z.real) | np.isnan(z.imag),
    "matmul": lambda a, b: _bilinear(np.matmul, a, b),
    "vecdot": lambda a, b: _bilinear(np.vecdot, a.conj(), b),
}


def on_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A universal function of which one input is complex."""
    if method == "reduce" and ufunc.__name__ == "add":
        return on_function(np.sum, inputs, {"axis": 0} | kwargs)
    rule = _power if ufunc.__name__ in ("power", "float_power") else _UFUNCS.get(ufunc.__name__)
    if method != "__call__" or rule is None or kwargs.keys() - {"dtype"}:
        refuse("complex", Sentence("following.of-complex-arrays", name=ufunc.__name__))
    return rule(*inputs) if rule is _power else rule(*(as_complex(value) for value in inputs))


def _operator(name: str, *, mirrored: bool) -> Rule:
    def method(self: Complex, other: Any) -> Any:
        pair = (other, self) if mirrored else (self, other)
        return _UFUNCS[name](*map(as_complex, pair))

    return method


for _dunder, _name in (("add", "add"), ("sub", "subtract"), ("mul", "multiply"), ("truediv", "divide"), ("matmul", "matmul")):
    setattr(Complex, f"__{_dunder}__", _operator(_name, mirrored=False))
    setattr(Complex, f"__r{_dunder}__", _operator(_name, mirrored=True))


# Array functions


def _bilinear(function: Rule, a: Any, b: Any, **kwargs: Any) -> Complex:
    """A function that is linear in each of two arrays."""
    left, right = as_complex(a), as_complex(b)
    return Complex(
        function(left.real, right.real, **kwargs) - function(left.imag, right.imag, **kwargs),
        function(left.real, right.imag, **kwargs) + function(left.imag, right.real, **kwargs),
    )


def _angle(z: Any, deg: bool = False) -> Any:
    result = np.arctan2(z.imag, z.real)
    return np.degrees(result) if deg else result


def _where(condition: Any, a: Any, b: Any) -> Complex:
    yes, no = as_complex(a), as_complex(b)
    return Complex(np.where(condition, yes.real, no.real), np.where(condition, yes.imag, no.imag))


def _with_parts(side: str, value: Any) -> Any:
    if isinstance(value, Complex):
        return getattr(value, side)
    if isinstance(value, list | tuple) and any(isinstance(item, Complex) for item in value):
        return type(value)(getattr(as_complex(item), side) for item in value)
    return value


_LINEAR = {np.sum, np.mean, np.cumsum, np.trace, np.average}
_BILINEAR = {np.dot, np.inner, np.outer, np.tensordot, np.kron, np.convolve}
_RULES: dict[Any, Rule] = {
    np.real: lambda z: z.real,
    np.imag: lambda z: z.imag,
    np.angle: _angle,
    np.where: _where,
    np.vdot: lambda a, b: _bilinear(np.vdot, as_complex(a).conj(), b),
    np.iscomplexobj: lambda z: True,
    np.isrealobj: lambda z: False,
    np.shape: lambda z: z.shape,
    np.ndim: lambda z: z.ndim,
    np.size: lambda z: z.size,
    np.linalg.norm: lambda z, *args, **kwargs: np.linalg.norm(abs(z), *args, **kwargs),
    np.zeros_like: lambda z, **_: Complex(np.zeros_like(z.real), np.zeros_like(z.real)),
    np.real_if_close: lambda z, tol=100: z,
}


def on_function(function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """An array function of which one argument is complex."""
    if (rule := TRANSFORMS.get(function) or _RULES.get(function)) is not None:
        return rule(*args, **kwargs)
    if function in _BILINEAR:
        return _bilinear(function, *args, **kwargs)
    if function in _LINEAR or function in AS_THEY_ARE:
        re, im = (function(*(_with_parts(side, arg) for arg in args), **kwargs) for side in ("real", "imag"))
        if isinstance(re, list | tuple):
            return type(re)(Complex(*pair) for pair in zip(re, im, strict=True))
        return Complex(re, im)
    name = getattr(function, "__name__", str(function))
    return refuse("complex", Sentence("following.of-complex-arrays", name=name))


def holds_complex(values: Any) -> bool:
    """Whether one of some arguments, or of a list among them, is a complex array of ours."""
    return any(
        isinstance(value, Complex) or (isinstance(value, list | tuple) and any(isinstance(item, Complex) for item in value))
        for value in values
    )


TRANSFORMS: dict[Any, Rule] = {}  # filled by `fourier`
