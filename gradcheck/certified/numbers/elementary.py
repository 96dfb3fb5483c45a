"""One table of smooth elementary functions: the value as a ball, and its partial derivatives beside it.

A slope is written in terms of the arguments and the value, ``slope(x, y)`` or ``slope(a, b, y)``; None stands for 1.
Values and slopes are written so that balls stay tight where a float formula would cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symbolic.balls import Ball, is_constant_zero, magnitude, widened

Function = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """One row: ``value(*balls)``, one slope an argument, and the rounding error of a float library in units of u."""

    name: str
    value: Function
    slopes: tuple[Function | None, ...]
    ulps: float = 4.0


def square(x: Any) -> Any:
    """``x^2``; the library's own power gives no number for a ball around 0."""
    return x * x


def integer_power(x: Any, n: int) -> Any:
    """``x^n`` by repeated squaring."""
    if n < 0:
        return 1 / integer_power(x, -n)
    result = None
    while n:
        if n & 1:
            result = x if result is None else result * x
        x, n = x * x, n >> 1
    return Ball(1) if result is None else result


def _is_infinity(x: Any) -> bool:
    """Exactly inf or -inf, as masks have it; the library makes a ball of all numbers of its sum with an inexact one."""
    return not x.is_finite() and bool(x.is_exact()) and not x.is_nan()


def _add(a: Any, b: Any) -> Any:
    y = a + b
    if y.is_finite():
        return y
    return a if _is_infinity(a) and b.is_finite() else b if _is_infinity(b) and a.is_finite() else y


def _subtract(a: Any, b: Any) -> Any:
    y = a - b
    return y if y.is_finite() else _add(a, -b)


def _multiply(a: Any, b: Any) -> Any:
    y = a * b
    if y.is_finite() or not ((_is_infinity(a) and (b > 0 or b < 0)) or (_is_infinity(b) and (a > 0 or a < 0))):
        return y
    return Ball("inf") if (a > 0) == (b > 0) else Ball("-inf")


def _divide(a: Any, b: Any) -> Any:
    y = a / b
    return y if y.is_finite() or not _is_infinity(a) else _multiply(a, 1 / b)


def _log(x: Any) -> Any:
    return Ball("-inf") if is_constant_zero(x) else x.log()  # of a mask's zeros; the library gives no number


def _two_pi_root() -> Any:
    return Ball.pi().sqrt()


def _exp2(x: Any) -> Any:
    return (x * Ball(2).log()).exp()


def _cbrt(x: Any) -> Any:
    return -(-x).root(3) if x < 0 else x.root(3)


def _expit(x: Any) -> Any:
    return 1 / (1 + (-x).exp())


def _dexpit(x: Any) -> Any:
    """``e / (1 + e)^2`` with ``e = exp(-|x|)``: no cancellation."""
    e = (-abs(x)).exp()
    return e / ((1 + e) * (1 + e))


def _log_add(a: Any, b: Any) -> Any:
    if not a.is_finite() or not b.is_finite():
        return b if a < b else a  # one of them is -inf or inf
    return a + (1 + (b - a).exp()).log() if a > b else b + (1 + (a - b).exp()).log()


def _log_add_slope(a: Any, b: Any) -> Any:
    """``exp(a) / (exp(a) + exp(b))``; 0 for a = -inf."""
    if not a.is_finite() and a < b:
        return Ball(0)
    return 1 / (1 + (b - a).exp()) if b.is_finite() else Ball(1)


def _xlogy(x: Any, y: Any) -> Any:
    return x if is_constant_zero(x) else x * y.log()


def _xlogy_slope_y(x: Any, y: Any, _: Any) -> Any:
    return x if is_constant_zero(x) else x / y


def _xlog1py(x: Any, y: Any) -> Any:
    return x if is_constant_zero(x) else x * y.log1p()


def _xlog1py_slope_y(x: Any, y: Any, _: Any) -> Any:
    return x if is_constant_zero(x) else x / (1 + y)


def _entr(x: Any) -> Any:
    return x if is_constant_zero(x) else -x * x.log()


def _rel_entr(x: Any, y: Any) -> Any:
    return x if is_constant_zero(x) else x * (x / y).log()


def _sinc_slope(x: Any, y: Any) -> Any:
    """``(cos(pi x) - sinc(x)) / x``; at most ``pi^2/3 |x|`` in size, which is what serves around 0."""
    if x.contains(0):
        return widened(Ball(0), 3.3 * magnitude(x))
    return (x.cos_pi() - y) / x


def _gaussian(x: Any) -> Any:
    return (-x * x / 2).exp() / (Ball(2) * Ball.pi()).sqrt()


def _ndtr(x: Any) -> Any:
    return (-x / Ball(2).sqrt()).erfc() / 2


def _norm(a: Any, b: Any) -> Any:
    return (a * a + b * b).sqrt()


_TABLE = (
    # arithmetic
    Rule("add", _add, (None, None), 1),
    Rule("subtract", _subtract, (None, lambda a, b, y: Ball(-1)), 1),
    Rule("multiply", _multiply, (lambda a, b, y: b, lambda a, b, y: a), 1),
    Rule("divide", _divide, (lambda a, b, y: 1 / b, lambda a, b, y: -y / b), 1),
    Rule("negative", lambda x: -x, (lambda x, y: Ball(-1),), 0),
    Rule("square", lambda x: x * x, (lambda x, y: 2 * x,), 1),
    Rule("reciprocal", lambda x: 1 / x, (lambda x, y: -y * y,), 1),
    Rule("sqrt", lambda x: x.sqrt(), (lambda x, y: 1 / (2 * y),), 1),
    Rule("cbrt", _cbrt, (lambda x, y: y / (3 * x),)),
    # exponentials and logarithms
    Rule("exp", lambda x: x.exp(), (lambda x, y: y,)),
    Rule("exp2", _exp2, (lambda x, y: y * Ball(2).log(),)),
    Rule("expm1", lambda x: x.expm1(), (lambda x, y: x.exp(),)),
    Rule("log", _log, (lambda x, y: 1 / x,)),
    Rule("log2", lambda x: _divide(_log(x), Ball(2).log()), (lambda x, y: 1 / (x * Ball(2).log()),)),
    Rule("log10", lambda x: _divide(_log(x), Ball(10).log()), (lambda x, y: 1 / (x * Ball(10).log()),)),
    Rule("log1p", lambda x: x.log1p(), (lambda x, y: 1 / (1 + x),)),
    Rule("logaddexp", _log_add, (lambda a, b, y: _log_add_slope(a, b), lambda a, b, y: _log_add_slope(b, a))),
    # trigonometric and hyperbolic
    Rule("sin", lambda x: x.sin(), (lambda x, y: x.cos(),)),
    Rule("cos", lambda x: x.cos(), (lambda x, y: -x.sin(),)),
    Rule("tan", lambda x: x.tan(), (lambda x, y: square(x.sec()),)),
    Rule("arcsin", lambda x: x.asin(), (lambda x, y: ((1 - x) * (1 + x)).rsqrt(),)),
    Rule("arccos", lambda x: x.acos(), (lambda x, y: -((1 - x) * (1 + x)).rsqrt(),)),
    Rule("arctan", lambda x: x.atan(), (lambda x, y: 1 / (1 + x * x),)),
    Rule("sinh", lambda x: x.sinh(), (lambda x, y: x.cosh(),)),
    Rule("cosh", lambda x: x.cosh(), (lambda x, y: x.sinh(),)),
    Rule("tanh", lambda x: x.tanh(), (lambda x, y: square(x.sech()),)),
    Rule("arcsinh", lambda x: x.asinh(), (lambda x, y: (1 + x * x).rsqrt(),)),
    Rule("arccosh", lambda x: x.acosh(), (lambda x, y: ((x - 1) * (x + 1)).rsqrt(),)),
    Rule("arctanh", lambda x: x.atanh(), (lambda x, y: 1 / ((1 - x) * (1 + x)),)),
    Rule("arctan2", lambda a, b: Ball.atan2(a, b), (lambda a, b, y: b / (a * a + b * b), lambda a, b, y: -a / (a * a + b * b))),
    Rule("hypot", _norm, (lambda a, b, y: a / y, lambda a, b, y: b / y)),
    Rule("radians", lambda x: x * Ball.pi() / 180, (lambda x, y: Ball.pi() / 180,), 2),
    Rule("degrees", lambda x: x * 180 / Ball.pi(), (lambda x, y: 180 / Ball.pi(),), 2),
    Rule("sinc", lambda x: x.sinc_pi(), (_sinc_slope,)),
    # special functions, under the names of scipy.special
    Rule("expit", _expit, (lambda x, y: _dexpit(x),)),
    Rule("log_expit", lambda x: -((-x).exp().log1p()), (lambda x, y: _expit(-x),)),
    Rule("logit", lambda x: (x / (1 - x)).log(), (lambda x, y: 1 / (x * (1 - x)),)),
    Rule("erf", lambda x: x.erf(), (lambda x, y: 2 * (-x * x).exp() / _two_pi_root(),)),
    Rule("erfc", lambda x: x.erfc(), (lambda x, y: -2 * (-x * x).exp() / _two_pi_root(),)),
    Rule("ndtr", _ndtr, (lambda x, y: _gaussian(x),)),
    Rule("log_ndtr", lambda x: _ndtr(x).log(), (lambda x, y: _gaussian(x) / _ndtr(x),)),
    Rule("i0", lambda x: x.bessel_i(0), (lambda x, y: x.bessel_i(1),)),
    Rule("i1", lambda x: x.bessel_i(1), (lambda x, y: (x.bessel_i(0) + x.bessel_i(2)) / 2,)),
    Rule("gamma", lambda x: x.gamma(), (lambda x, y: y * x.digamma(),)),
    Rule("gammaln", lambda x: x.lgamma(), (lambda x, y: x.digamma(),)),
    Rule("psi", lambda x: x.digamma(), (lambda x, y: Ball(2).zeta(x),)),
    Rule("xlogy", _xlogy, (lambda x, y, v: y.log(), _xlogy_slope_y)),
    Rule("xlog1py", _xlog1py, (lambda x, y, v: y.log1p(), _xlog1py_slope_y)),
    Rule("entr", _entr, (lambda x, y: -x.log() - 1,)),
    Rule(
        "rel_entr",
        _rel_entr,
        (lambda x, y, v: (x / y).log() + 1, lambda x, y, v: x if is_constant_zero(x) else -x / y),
    ),
    Rule(
        "kl_div",
        lambda x, y: _rel_entr(x, y) - x + y,
        (lambda x, y, v: (x / y).log(), lambda x, y, v: Ball(1) if is_constant_zero(x) else 1 - x / y),
    ),
)

RULES: dict[str, Rule] = {row.name: row for row in _TABLE}
