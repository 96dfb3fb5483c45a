"""What stands in place of the functions of modules math and scipy.special that take floats alone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.composed.convolutions import OF_SCIPY_NDIMAGE, OF_SCIPY_SIGNAL
from gradcheck.certified.composed.distances import OF_SCIPY_DISTANCE, cdist
from gradcheck.certified.composed.fourier import OF_SCIPY_FFT
from gradcheck.certified.composed.linalg import OF_SCIPY
from gradcheck.certified.numbers.arrays import Array, elementwise, objects, wrap
from gradcheck.certified.numbers.registry import ELEMENTWISE
from gradcheck.certified.numbers.scalars import Scalar, lift
from gradcheck.certified.replacements.distributions import DESCRIPTIVE
from gradcheck.certified.replacements.ours import holds_ours, is_followed, is_ours
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

Function = Callable[..., Any]


def _cell(value: Any) -> Scalar:
    if isinstance(value, Array):
        return value.item()
    return lift(value)


def _number_function(name: str) -> Function:
    """A function of module math by the name of its rule."""

    def replace(original: Function) -> Function:
        def function(*args: Any) -> Any:
            return ELEMENTWISE[name](*map(_cell, args)) if is_ours(*args) else original(*args)

        return function

    return replace


def _math_log(original: Function) -> Function:
    def log(x: Any, *base: Any) -> Any:
        if not is_ours(x, *base):
            return original(x, *base)
        value = ELEMENTWISE["log"](_cell(x))
        return value / ELEMENTWISE["log"](_cell(base[0])) if base else value

    return log


def _predicate(name: str) -> Function:
    def replace(original: Function) -> Function:
        return lambda x: bool(getattr(np, name)(x)) if is_ours(x) else original(x)

    return replace


def _math_integer(name: str) -> Function:
    def replace(original: Function) -> Function:
        return lambda x: int(ELEMENTWISE[name](_cell(x))) if is_ours(x) else original(x)

    return replace


def _over_list(function: Function) -> Function:
    """fsum, prod, dist, hypot of several: functions of lists."""

    def replace(original: Function) -> Function:
        def combined(*args: Any, **kwargs: Any) -> Any:
            args = tuple(list(a) if hasattr(a, "__iter__") and not isinstance(a, np.ndarray) else a for a in args)
            ours = is_followed() and any(is_ours(a) or (hasattr(a, "__iter__") and is_ours(*a)) for a in args)
            return function(*args, **kwargs) if ours else original(*args, **kwargs)

        return combined

    return replace


def _is_close(original: Function) -> Function:
    """``math.isclose``: near by as much of the larger of the two, or by an absolute amount."""

    def isclose(a: Any, b: Any, *, rel_tol: Any = 1e-09, abs_tol: Any = 0.0) -> bool:
        if not is_ours(a, b, rel_tol, abs_tol):
            return bool(original(a, b, rel_tol=rel_tol, abs_tol=abs_tol))
        first, second = _cell(a), _cell(b)
        distance = abs(first - second)
        return any(bool(distance <= near) for near in (abs(second * rel_tol), abs(first * rel_tol), _cell(abs_tol)))

    return isclose


def _mean(values: Any, weights: Any = None) -> Any:
    values = wrap(objects(list(values)))
    if weights is None:
        return np.mean(values)
    weights = wrap(objects(list(weights)))
    return np.sum(weights * values) / np.sum(weights)


def _sum_of_products(p: Any, q: Any) -> Any:
    return np.dot(wrap(objects(list(p))), wrap(objects(list(q))))


def _log_sum_exp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    if return_sign:
        refuse("no-rule", Sentence("following.with", function="scipy.special.logsumexp", options=("return_sign",)))
    terms = np.exp(wrap(objects(a)))
    return np.log(np.sum(terms if b is None else terms * wrap(objects(b)), axis=axis, keepdims=keepdims))


def _softmax(x: Any, axis: Any = None) -> Any:
    e = np.exp(wrap(objects(x)))
    return e / np.sum(e, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: Any = None) -> Any:
    return wrap(objects(x)) - _log_sum_exp(x, axis=axis, keepdims=True)


def _elementwise(name: str, *arrays: Any) -> Any:
    return wrap(elementwise(ELEMENTWISE[name], len(arrays))(*map(objects, arrays)))


def _multigammaln(a: Any, d: int) -> Any:
    parts = [_elementwise("gammaln", wrap(objects(a)) - Scalar(Ball(j) / 2)) for j in range(d)]
    return sum(parts, start=Scalar(Ball.pi().log() * d * (d - 1) / 4))


def _for_ours(function: Function) -> Function:
    def replace(original: Function) -> Function:
        @functools.wraps(original)  # a metric is asked for its name
        def either(x: Any, *args: Any, **kwargs: Any) -> Any:
            ours = is_followed() and (holds_ours(x) or any(holds_ours(a) for a in (*args, *kwargs.values())))
            return function(x, *args, **kwargs) if ours else original(x, *args, **kwargs)

        return either

    return replace


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
NUMBER_FUNCTIONS: dict[tuple[str, str], Function] = {
    **{("math", name): _number_function(rule) for name, rule in _MATH_RULES.items()},
    ("math", "log"): _math_log,
    **{("math", name): _math_integer(name) for name in ("floor", "ceil", "trunc")},
    **{("math", name): _predicate(name) for name in ("isnan", "isinf", "isfinite")},
    ("math", "fsum"): _over_list(lambda values: np.sum(wrap(objects(values)))),
    ("math", "prod"): _over_list(lambda values, start=1: start * np.prod(wrap(objects(values)))),
    ("math", "hypot"): _over_list(lambda *values: np.linalg.norm(wrap(objects(values)))),
    ("math", "dist"): _over_list(lambda p, q: np.linalg.norm(wrap(objects(p)) - wrap(objects(q)))),
    ("math", "sumprod"): _over_list(_sum_of_products),
    ("math", "isclose"): _is_close,
    ("statistics", "fmean"): _over_list(_mean),
    ("statistics", "mean"): _over_list(_mean),
    ("scipy.special", "polygamma"): _for_ours(lambda n, x: _elementwise("polygamma", n, x)),
    ("scipy.special", "zeta"): _for_ours(lambda x, q=1, out=None: _elementwise("zeta", x, q)),
    ("scipy.special", "softplus"): _for_ours(lambda x, **_: np.logaddexp(0, x)),
    ("scipy.special", "multigammaln"): _for_ours(_multigammaln),
    ("scipy.special", "logsumexp"): _for_ours(_log_sum_exp),
    ("scipy.special", "softmax"): _for_ours(_softmax),
    ("scipy.special", "log_softmax"): _for_ours(_log_softmax),
    **{("scipy.fft", name): _for_ours(rule) for name, rule in OF_SCIPY_FFT.items()},
    **{("scipy.stats", name): _for_ours(rule) for name, rule in DESCRIPTIVE.items()},
    **{("scipy.spatial.distance", name): _for_ours(rule) for name, rule in OF_SCIPY_DISTANCE.items()},
    ("scipy.spatial", "distance_matrix"): _for_ours(lambda x, y, p=2, threshold=0: cdist(x, y, "minkowski", p=p)),
    **{("scipy.signal", name): _for_ours(rule) for name, rule in OF_SCIPY_SIGNAL.items()},
    **{("scipy.ndimage", name): _for_ours(rule) for name, rule in OF_SCIPY_NDIMAGE.items()},
    **{("scipy.linalg", name): _for_ours(rule) for name, rule in OF_SCIPY.items()},
}
