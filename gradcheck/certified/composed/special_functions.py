"""Special functions beyond `numbers.elementary`: inverses, Bessel functions, incomplete integrals, under SciPy's names.

Some have a parameter (an order, a shape) by which they are not differentiated here: a parameter that depends on the inputs
is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.elementary import Rule, square
from gradcheck.certified.numbers.operations import apply1, node_of, rounded
from gradcheck.certified.numbers.piecewise import absolute
from gradcheck.certified.numbers.registry import ELEMENTWISE
from gradcheck.certified.numbers.scalars import Scalar, lift
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, is_constant_zero

ULPS = 64.0  # what libraries of special functions may be off by, in units of u


def _over_gaussian(y: Any) -> Any:
    """The reciprocal of the normal density."""
    return (square(y) / 2).exp() * (2 * Ball.pi()).sqrt()


def _root_pi() -> Any:
    return Ball.pi().sqrt()


def _bessel_slope(kind: str, sign: int) -> Callable[[Any, Any], Any]:
    """Of ``(F_(n-1) + sign F_(n+1)) / 2``, for K with a minus in front."""

    def slope(x: Any, n: Any) -> Any:
        found = (getattr(x, kind)(n - 1) + sign * getattr(x, kind)(n + 1)) / 2
        return -found if kind == "bessel_k" else found

    return slope


_OF_ONE = (
    Rule("erfinv", lambda x: x.erfinv(), (lambda x, y: _root_pi() / 2 * square(y).exp(),), ULPS),
    Rule("erfcinv", lambda x: x.erfcinv(), (lambda x, y: -_root_pi() / 2 * square(y).exp(),), ULPS),
    Rule("ndtri", lambda x: -Ball(2).sqrt() * (2 * x).erfcinv(), (lambda x, y: _over_gaussian(y),), ULPS),
    Rule("erfcx", lambda x: square(x).exp() * x.erfc(), (lambda x, y: 2 * x * y - 2 / _root_pi(),), ULPS),
    Rule("erfi", lambda x: x.erfi(), (lambda x, y: 2 * square(x).exp() / _root_pi(),), ULPS),
    Rule("dawsn", lambda x: _root_pi() / 2 * (-square(x)).exp() * x.erfi(), (lambda x, y: 1 - 2 * x * y,), ULPS),
    Rule("expi", lambda x: x.ei(), (lambda x, y: x.exp() / x,), ULPS),
    Rule("exp1", lambda x: x.expint(1), (lambda x, y: -(-x).exp() / x,), ULPS),
    Rule("exprel", lambda x: x.hypgeom_1f1(1, 2), (lambda x, y: x.hypgeom_1f1(2, 3) / 2,), ULPS),
    Rule("exp10", lambda x: (x * Ball(10).log()).exp(), (lambda x, y: y * Ball(10).log(),)),
    Rule("cosm1", lambda x: -2 * square((x / 2).sin()), (lambda x, y: -x.sin(),)),
    Rule("rgamma", lambda x: x.rgamma(), (lambda x, y: -y * x.digamma(),), ULPS),
)
# By order and argument: the value, and the derivative by the argument.
_BY_PARAMETER: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "jv": (lambda x, n: x.bessel_j(n), _bessel_slope("bessel_j", -1)),
    "yv": (lambda x, n: x.bessel_y(n), _bessel_slope("bessel_y", -1)),
    "iv": (lambda x, n: x.bessel_i(n), _bessel_slope("bessel_i", 1)),
    "kv": (lambda x, n: x.bessel_k(n), _bessel_slope("bessel_k", 1)),
    "expn": (lambda x, n: x.expint(n), lambda x, n: -x.expint(n - 1)),
    "polygamma": (lambda x, n: _polygamma(x, n), lambda x, n: _polygamma(x, n + 1)),
    "zeta": (lambda x, s: s.zeta(x), lambda x, s: -s * (s + 1).zeta(x)),
    "gammainc": (lambda x, a: x.gamma_lower(a, 1), lambda x, a: _gamma_density(x, a)),
    "gammaincc": (lambda x, a: x.gamma_upper(a, 1), lambda x, a: -_gamma_density(x, a)),
    "stdtr": (lambda t, df: _student(t, df), lambda t, df: _student_density(t, df)),
}


def _polygamma(x: Any, n: Any) -> Any:
    return x.digamma() if is_constant_zero(n) else (-1) ** (int(n.unique_fmpz()) + 1) * (n + 1).gamma() * (n + 1).zeta(x)


def _gamma_density(x: Any, a: Any) -> Any:
    return ((a - 1) * x.log() - x - a.lgamma()).exp()


def _beta_density(x: Any, a: Any, b: Any) -> Any:
    return ((a - 1) * x.log() + (b - 1) * (-x).log1p() - a.lgamma() - b.lgamma() + (a + b).lgamma()).exp()


def _student(t: Any, df: Any) -> Any:
    tail = (df / (df + t * t)).beta_lower(df / 2, Ball(0.5), 1) / 2
    return 1 - tail if t > 0 else tail if t < 0 else Ball(0.5) + t * _student_density(t, df)


def _student_density(t: Any, df: Any) -> Any:
    logs = ((df + 1) / 2).lgamma() - (df / 2).lgamma() - (df * Ball.pi()).log() / 2
    return (logs - (df + 1) / 2 * (t * t / df).log1p()).exp()


def _with_parameters(name: str, value: Callable[..., Any], slope: Callable[..., Any]) -> Callable[..., Scalar]:
    """A function of Scalars whose last argument alone may depend on the inputs."""

    def function(*cells: Any) -> Scalar:
        *parameters, x = (lift(cell) for cell in cells)
        if any(parameter.node >= 0 for parameter in parameters):
            refuse("no-rule", Sentence("following.first-arguments", name=name))
        balls = [parameter.ball for parameter in parameters]
        y = value(x.ball, *balls)
        return node_of(rounded(y, ULPS), [(x, slope(x.ball, *balls))] if x.node >= 0 else [])

    return function


def _unary(rule: Rule) -> Callable[[Scalar], Scalar]:
    return lambda a: apply1(rule, a)


def _scaled(name: str) -> Callable[[Scalar], Scalar]:
    """A Bessel function times ``exp(-|x|)``."""
    return lambda a: ELEMENTWISE["exp"](-absolute(a)) * ELEMENTWISE[name](a)


def _of_order(name: str, order: int) -> Callable[[Scalar], Scalar]:
    return lambda a: ELEMENTWISE[name](Scalar(Ball(order)), a)


def boxcox(x: Scalar, power: Scalar) -> Scalar:
    """``(x^p - 1) / p``, which is ``log x`` for p = 0."""
    log = ELEMENTWISE["log"](x)
    return log * ELEMENTWISE["exprel"](power * log)


def inv_boxcox(y: Scalar, power: Scalar) -> Scalar:
    """The inverse of ``boxcox`` by its first argument."""
    if power.node < 0 and is_constant_zero(power.ball):
        return ELEMENTWISE["exp"](y)
    return ELEMENTWISE["exp"](ELEMENTWISE["log1p"](power * y) / power)


def poch(z: Scalar, m: Scalar) -> Scalar:
    """``Gamma(z + m) / Gamma(z)``."""
    return ELEMENTWISE["gamma"](z + m) * ELEMENTWISE["rgamma"](z)


def binom(n: Scalar, k: Scalar) -> Scalar:
    """``Gamma(n + 1) / (Gamma(k + 1) Gamma(n - k + 1))``."""
    return ELEMENTWISE["gamma"](n + 1) * ELEMENTWISE["rgamma"](k + 1) * ELEMENTWISE["rgamma"](n - k + 1)


def in_degrees(name: str) -> Callable[[Scalar], Scalar]:
    """A trigonometric function of degrees."""
    return lambda a: ELEMENTWISE[name](ELEMENTWISE["radians"](a))


ELEMENTWISE |= {rule.name: _unary(rule) for rule in _OF_ONE}
ELEMENTWISE |= {name: _with_parameters(name, *pair) for name, pair in _BY_PARAMETER.items()}
ELEMENTWISE |= {
    "betainc": _with_parameters("betainc", lambda x, a, b: x.beta_lower(a, b, 1), _beta_density),
    "betaincc": _with_parameters("betaincc", lambda x, a, b: (1 - x).beta_lower(b, a, 1), lambda *z: -_beta_density(*z)),
    "jn": ELEMENTWISE["jv"],
    "kn": ELEMENTWISE["kv"],
    "yn": ELEMENTWISE["yv"],
    **{f"{kind}{order}": _of_order(f"{kind}v", order) for kind in "jyk" for order in (0, 1)},
    "i0e": _scaled("i0"),
    "i1e": _scaled("i1"),
    "k0e": lambda a: ELEMENTWISE["exp"](a) * ELEMENTWISE["k0"](a),
    "k1e": lambda a: ELEMENTWISE["exp"](a) * ELEMENTWISE["k1"](a),
    "ive": lambda n, a: ELEMENTWISE["exp"](-absolute(a)) * ELEMENTWISE["iv"](n, a),
    "kve": lambda n, a: ELEMENTWISE["exp"](a) * ELEMENTWISE["kv"](n, a),
    "boxcox": boxcox,
    "boxcox1p": lambda x, power: boxcox(x + 1, power),
    "inv_boxcox": inv_boxcox,
    "inv_boxcox1p": lambda y, power: inv_boxcox(y, power) - 1,
    "poch": poch,
    "binom": binom,
    "pdtr": lambda k, m: ELEMENTWISE["gammaincc"](ELEMENTWISE["floor"](k) + 1, m),
    "chdtr": lambda v, x: ELEMENTWISE["gammainc"](v / 2, x / 2),
    "chdtrc": lambda v, x: ELEMENTWISE["gammaincc"](v / 2, x / 2),
    "softplus": lambda a: ELEMENTWISE["logaddexp"](Scalar(Ball(0)), a),
    **{f"{name}dg": in_degrees(name) for name in ("sin", "cos", "tan")},
}
