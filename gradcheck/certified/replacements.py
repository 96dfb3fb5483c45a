"""What bypasses NumPy's protocols, and what stands in its place during a run: one table.

Outside of a run each replacement is the original: other threads that call it meanwhile notice nothing.
"""

from __future__ import annotations

import functools
import sys
import threading
import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.certified.active import active
from gradcheck.certified.arrays import Array, Mask, objects, wrap
from gradcheck.certified.choices import Open
from gradcheck.certified.constants import float_ball
from gradcheck.certified.factorisations import OF_SCIPY
from gradcheck.certified.new_arrays import filled
from gradcheck.certified.reasons import refuse
from gradcheck.certified.scalars import UNKNOWN, ZERO, Scalar, lift
from gradcheck.certified.tables import ELEMENTWISE
from symbolic.balls import Ball

Function = Callable[..., Any]
_array, _asarray = np.array, np.asarray
_ONE = Scalar(Ball(1))


def _followed() -> bool:
    return active.running and active.thread == threading.get_ident()


def _is_float(dtype: Any) -> bool:
    return dtype is None or np.dtype(dtype).kind == "f"


def _holds_ours(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_ours(item) for item in value)
    return isinstance(value, Scalar | Array | Mask | Open)


# Creation


def _created(original: Function, cell: Scalar) -> Function:
    def create(shape: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not _followed() or not _is_float(dtype):
            return original(shape, float if dtype is None else dtype, *args, **kwargs)
        return filled(shape, cell)

    return create


def _full(original: Function) -> Function:
    def full(shape: Any, fill_value: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        counts = dtype is None and not _holds_ours(fill_value) and _asarray(fill_value).dtype.kind in "iubO"
        if not _followed() or not _is_float(dtype) or counts:
            return original(shape, fill_value, dtype, *args, **kwargs)
        result = filled(shape, ZERO)
        result[...] = fill_value
        return result

    return full


def _converted(original: Function, *, copies: bool) -> Function:
    def convert(value: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not _followed():
            return original(value, dtype, *args, **kwargs)
        if not _holds_ours(value):
            return _constant_array(original(value, dtype, *args, **kwargs), value, copies)
        if dtype is not None and np.dtype(dtype).kind not in "fO":
            return wrap(objects(value)).astype(dtype)
        if isinstance(value, Array):
            other = dtype is not None and np.dtype(dtype) != np.float64  # in floats that makes a copy
            result = value.copy() if other or (copies and kwargs.get("copy", True)) else value
        else:
            result = wrap(objects(value))
        missing = int(kwargs.get("ndmin", 0)) - result.ndim
        return result.reshape((1,) * missing + result.shape) if missing > 0 else result

    return convert


def _constant_array(result: Any, value: Any, copies: bool) -> Any:
    """Float constants as an `Array`, so that code may store into it; an array that is not copied stays what it is."""
    if result.dtype.kind != "f" or (isinstance(value, np.ndarray) and not copies):
        return result
    if isinstance(value, np.ndarray):
        return wrap(objects(value).reshape(result.shape).copy())
    single = result.dtype.itemsize < 8
    cells = np.frompyfunc(lambda number: Scalar(float_ball(number, single=single)), 1, 1)(
        result.astype(np.float64).astype(object)
    )
    return wrap(cells) if result.ndim else wrap(objects(cells))


def _with_float_result(original: Function) -> Function:
    """eye, identity: a constant array that code may store into."""

    def create(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        return wrap(objects(result)) if _followed() and result.dtype.kind == "f" else result

    return create


def _from_iterator(original: Function) -> Function:
    def from_iterator(values: Any, dtype: Any = float, count: int = -1, **kwargs: Any) -> Any:
        if not _followed():
            return original(values, dtype, count, **kwargs)
        items = list(values) if count < 0 else [value for _, value in zip(range(count), values, strict=False)]
        return wrap(objects(items)) if _holds_ours(items) and _is_float(dtype) else original(items, dtype, **kwargs)

    return from_iterator


def _iterated(original: Function) -> Function:
    def iterate(op: Any, *args: Any, **kwargs: Any) -> Any:
        if not _followed() or not _holds_ours(op):
            return original(op, *args, **kwargs)
        if args or kwargs or not isinstance(op, Array):
            refuse("no-rule", "numpy.nditer with options, or over several arrays, is not followed")
        return iter([wrap(objects(cell)) for cell in op.ravel(order="K")])

    return iterate


class _Joined:
    """``np.r_`` and ``np.c_`` of arrays and numbers."""

    def __init__(self, original: Any, join: Function) -> None:
        self.original, self.join = original, join

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if not _followed() or not any(_holds_ours(part) for part in parts):
            return self.original[key]
        if any(isinstance(part, str | slice) for part in parts):
            refuse("no-rule", "numpy.r_ and numpy.c_ with slices or directives are not followed")
        return self.join([np.atleast_1d(wrap(objects(part))) for part in parts])


def _of_lists(original: Function) -> Function:
    """A function that NumPy dispatches by its arguments: lists of ours do not say so themselves."""

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        if _followed():
            args = tuple(wrap(objects(arg)) if type(arg) in (list, tuple) and _holds_ours(arg) else arg for arg in args)
        return original(*args, **kwargs)

    return function


# Functions of numbers


def _ours(*values: Any) -> bool:
    return any(isinstance(value, Scalar | Array) for value in values) and _followed()


def _cell(value: Any) -> Scalar:
    if isinstance(value, Array):
        return value.item()
    return lift(value)


def _number_function(name: str) -> Function:
    """A function of module math by the name of its rule."""

    def replace(original: Function) -> Function:
        def function(*args: Any) -> Any:
            return ELEMENTWISE[name](*map(_cell, args)) if _ours(*args) else original(*args)

        return function

    return replace


def _math_log(original: Function) -> Function:
    def log(x: Any, *base: Any) -> Any:
        if not _ours(x, *base):
            return original(x, *base)
        value = ELEMENTWISE["log"](_cell(x))
        return value / ELEMENTWISE["log"](_cell(base[0])) if base else value

    return log


def _predicate(name: str) -> Function:
    def replace(original: Function) -> Function:
        return lambda x: bool(getattr(np, name)(x)) if _ours(x) else original(x)

    return replace


def _math_integer(name: str) -> Function:
    def replace(original: Function) -> Function:
        return lambda x: int(ELEMENTWISE[name](_cell(x))) if _ours(x) else original(x)

    return replace


def _over_list(function: Function) -> Function:
    """fsum, prod, dist, hypot of several: functions of lists."""

    def replace(original: Function) -> Function:
        def combined(*args: Any, **kwargs: Any) -> Any:
            args = tuple(list(a) if hasattr(a, "__iter__") and not isinstance(a, np.ndarray) else a for a in args)
            ours = _followed() and any(_ours(a) or (hasattr(a, "__iter__") and _ours(*a)) for a in args)
            return function(*args, **kwargs) if ours else original(*args, **kwargs)

        return combined

    return replace


def _sum_of_products(p: Any, q: Any) -> Any:
    return np.dot(wrap(objects(list(p))), wrap(objects(list(q))))


# scipy.special: what is no ufunc there


def _log_sum_exp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    if return_sign:
        refuse("no-rule", "logsumexp with return_sign is not followed")
    terms = np.exp(wrap(objects(a)))
    return np.log(np.sum(terms if b is None else terms * wrap(objects(b)), axis=axis, keepdims=keepdims))


def _softmax(x: Any, axis: Any = None) -> Any:
    e = np.exp(wrap(objects(x)))
    return e / np.sum(e, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: Any = None) -> Any:
    return wrap(objects(x)) - _log_sum_exp(x, axis=axis, keepdims=True)


def _for_ours(function: Function) -> Function:
    def replace(original: Function) -> Function:
        def either(x: Any, *args: Any, **kwargs: Any) -> Any:
            ours = _followed() and (_holds_ours(x) or any(_holds_ours(a) for a in (*args, *kwargs.values())))
            return function(x, *args, **kwargs) if ours else original(x, *args, **kwargs)

        return either

    return replace


class _FloatKind(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, _BUILTIN_FLOAT | Scalar)


_BUILTIN_FLOAT = float


class FloatName(float, metaclass=_FloatKind):
    """What ``float`` means in the code under test: a Scalar stays one, anything else becomes a float."""

    dtype = np.dtype(np.float64)

    def __new__(cls, value: Any = 0.0) -> Any:
        """``float(value)``."""
        if isinstance(value, Scalar):
            return value
        if isinstance(value, Array) and value.size == 1:
            return value.item()
        return _BUILTIN_FLOAT(value)


class _Float64Kind(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, np.float64 | Scalar)

    def __subclasscheck__(cls, other: Any) -> bool:
        return issubclass(other, np.float64)


class Float64Name(np.float64, metaclass=_Float64Kind):
    """What ``np.float64`` means there: the same for NumPy's name of a float."""

    dtype: Any = np.dtype(np.float64)

    def __new__(cls, value: Any = 0.0, *more: Any) -> Any:
        """``np.float64(value)``."""
        if _followed() and _holds_ours(value):
            return value if isinstance(value, Scalar) else _plain_number(wrap(objects(value)))
        return np.float64(value, *more)


def _plain_number(value: Any) -> Any:
    return value if value.ndim else value.item()


_MATH_RULES = {
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atan2": "arctan2",
    "atanh": "arctanh",
    "cbrt": "cbrt",
    "copysign": "copysign",
    "cos": "cos",
    "cosh": "cosh",
    "degrees": "degrees",
    "erf": "erf",
    "erfc": "erfc",
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "fabs": "absolute",
    "fmod": "fmod",
    "gamma": "gamma",
    "lgamma": "gammaln",
    "log10": "log10",
    "log1p": "log1p",
    "log2": "log2",
    "pow": "power",
    "radians": "radians",
    "sin": "sin",
    "sinh": "sinh",
    "sqrt": "sqrt",
    "tan": "tan",
    "tanh": "tanh",
}
# (module, name) -> a function that is given the original and returns what stands in its place.
TABLE: dict[tuple[str, str], Function] = {
    ("numpy", "zeros"): lambda original: _created(original, ZERO),
    ("numpy", "ones"): lambda original: _created(original, _ONE),
    ("numpy", "empty"): lambda original: _created(original, UNKNOWN),
    ("numpy", "full"): _full,
    ("numpy", "array"): lambda original: _converted(original, copies=True),
    ("numpy", "asarray"): lambda original: _converted(original, copies=False),
    ("numpy", "asanyarray"): lambda original: _converted(original, copies=False),
    ("numpy", "ascontiguousarray"): lambda original: _converted(original, copies=False),
    ("numpy", "asarray_chkfinite"): lambda original: _converted(original, copies=False),
    **{("numpy", name): _of_lists for name in ("mean", "var", "std", "average", "median", "percentile", "quantile", "cov")},
    **{("numpy.linalg", name): _of_lists for name in ("solve", "inv", "det", "slogdet", "cholesky", "qr", "lstsq", "pinv")},
    ("numpy", "float64"): lambda original: Float64Name,
    ("numpy", "fromiter"): _from_iterator,
    ("numpy", "nditer"): _iterated,
    ("numpy", "r_"): lambda original: _Joined(original, np.concatenate),
    ("numpy", "c_"): lambda original: _Joined(original, np.column_stack),
    ("numpy", "eye"): _with_float_result,
    ("numpy", "identity"): _with_float_result,
    **{("math", name): _number_function(rule) for name, rule in _MATH_RULES.items()},
    ("math", "log"): _math_log,
    **{("math", name): _math_integer(name) for name in ("floor", "ceil", "trunc")},
    **{("math", name): _predicate(name) for name in ("isnan", "isinf", "isfinite")},
    ("math", "fsum"): _over_list(lambda values: np.sum(wrap(objects(values)))),
    ("math", "prod"): _over_list(lambda values, start=1: start * np.prod(wrap(objects(values)))),
    ("math", "hypot"): _over_list(lambda *values: np.linalg.norm(wrap(objects(values)))),
    ("math", "dist"): _over_list(lambda p, q: np.linalg.norm(wrap(objects(p)) - wrap(objects(q)))),
    ("math", "sumprod"): _over_list(_sum_of_products),
    ("scipy.special", "logsumexp"): _for_ours(_log_sum_exp),
    ("scipy.special", "softmax"): _for_ours(_softmax),
    ("scipy.special", "log_softmax"): _for_ours(_log_softmax),
    **{("scipy.linalg", name): _for_ours(rule) for name, rule in OF_SCIPY.items()},
}


class Proxy(types.ModuleType):
    """A module as the code under test sees it: with our replacements, everything else as it is.

    The module itself is left alone: compiled code calls ``numpy.empty``, too, and writes floats into what it gets.
    """

    def __init__(self, module: types.ModuleType) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__["original"] = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["original"], name)
        if isinstance(value, types.ModuleType):
            return proxies().get(id(value), value)
        return value


# Modules that offer another's functions under the same names.
ALIASES = {"autograd.numpy": "numpy", "autograd.scipy.special": "scipy.special"}
_proxies: dict[str, Proxy] = {}


def proxies() -> dict[int, Proxy]:
    """By identity of the module: the proxies of all modules of the table that are loaded, and of those around them."""
    found: dict[int, Proxy] = {}
    for module in ("numpy", "numpy.linalg", "math", "scipy", "scipy.special", "scipy.linalg"):
        if (loaded := sys.modules.get(module)) is not None:
            if module not in _proxies:
                _proxies[module] = _proxy(module, loaded)
            found[id(loaded)] = _proxies[module]
    for alias, module in ALIASES.items():
        if (loaded := sys.modules.get(alias)) is not None:
            found[id(loaded)] = _proxies[module]
    return found


def _proxy(name: str, module: types.ModuleType) -> Proxy:
    proxy = Proxy(module)
    for (home, function), replace in TABLE.items():
        if home == name and hasattr(module, function):
            setattr(proxy, function, replace(getattr(module, function)))
    return proxy


def replaced_functions() -> dict[int, tuple[Any, Any]]:
    """By identity of the original: the original itself and what stands in its place."""
    proxies()
    return _replaced_in(tuple(_proxies), tuple(alias for alias in ALIASES if alias in sys.modules))


@lru_cache(maxsize=8)
def _replaced_in(modules: tuple[str, ...], aliases: tuple[str, ...]) -> dict[int, tuple[Any, Any]]:
    found = {}
    for home, function in TABLE:
        if home not in modules:
            continue
        places = [_proxies[home].original, *(sys.modules[alias] for alias in aliases if ALIASES[alias] == home)]
        for original in (getattr(place, function, None) for place in places):
            if original is not None:
                found[id(original)] = (original, getattr(_proxies[home], function))
    return found
