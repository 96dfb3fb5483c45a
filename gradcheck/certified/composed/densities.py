"""Formulas of probability distributions: logarithms of densities, and distribution functions where they are elementary.

Each is that of the standard distribution, of z = (x - loc) / scale and the shapes; `distributions` puts it in SciPy's place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.certified.numbers.arrays import elementwise, objects, wrap
from gradcheck.certified.numbers.registry import ELEMENTWISE
from gradcheck.certified.numbers.scalars import Scalar
from symbolic.balls import Ball

DensityFormula = Callable[..., Any]
INFINITY = float("inf")


@dataclass(frozen=True)
class Density:
    """A distribution: the logarithm of its density, its support, and what else of it is elementary.

    ``others`` holds cdf, sf, logcdf, logsf, ppf as far as they have formulas of their own.
    """

    log: DensityFormula
    shapes: tuple[str, ...] = ()
    low: float = -INFINITY
    high: float = INFINITY
    others: dict[str, DensityFormula] = field(default_factory=dict)
    discrete: bool = False
    at_most: str = ""  # the shape that no value exceeds


def of(name: str, *values: Any) -> Any:
    """A function of each entry, by the name of its rule."""
    return wrap(elementwise(ELEMENTWISE[name], len(values))(*map(objects, values)))


def _log_two_pi() -> Scalar:
    return Scalar((2 * Ball.pi()).log())


def _log(number: Any) -> Scalar:
    return Scalar(Ball(number).log())


def _normal(z: Any) -> Any:
    return -(z * z + _log_two_pi()) / 2


def _student(z: Any, df: Any) -> Any:
    half = (df + 1) / 2
    scale = of("gammaln", half) - of("gammaln", df / 2) - (np.log(df) + Scalar(Ball.pi().log())) / 2
    return scale - half * np.log1p(z * z / df)


def _binomial(k: Any, n: Any, p: Any) -> Any:
    choices = of("gammaln", n + 1) - of("gammaln", k + 1) - of("gammaln", n - k + 1)
    return choices + of("xlogy", k, p) + of("xlog1py", n - k, -p)


def _negative_binomial(k: Any, n: Any, p: Any) -> Any:
    choices = of("gammaln", k + n) - of("gammaln", k + 1) - of("gammaln", n)
    return choices + n * np.log(p) + of("xlog1py", k, -p)


def _chi_square(z: Any, df: Any) -> Any:
    return of("xlogy", df / 2 - 1, z) - z / 2 - of("gammaln", df / 2) - _log(2) * df / 2


def _log_normal(z: Any, s: Any) -> Any:
    log = np.log(z)
    return -np.log(s) - log - _log_two_pi() / 2 - np.square(log / s) / 2


def _laplace_cdf(z: Any) -> Any:
    return np.where(z > 0, 1 - np.exp(-z) / 2, np.exp(z) / 2)


_NORMAL = {
    "cdf": lambda z: of("ndtr", z),
    "sf": lambda z: of("ndtr", -z),
    "logcdf": lambda z: of("log_ndtr", z),
    "logsf": lambda z: of("log_ndtr", -z),
    "ppf": lambda p: of("ndtri", p),
}
DENSITIES: dict[str, Density] = {
    "norm": Density(_normal, others=_NORMAL),
    "t": Density(_student, ("df",), others={"cdf": lambda z, df: of("stdtr", df, z), "sf": lambda z, df: of("stdtr", df, -z)}),
    "cauchy": Density(
        lambda z: -np.log1p(z * z) - Scalar(Ball.pi().log()), others={"cdf": lambda z: np.arctan(z) / Scalar(Ball.pi()) + 0.5}
    ),
    "halfcauchy": Density(lambda z: -np.log1p(z * z) - Scalar((Ball.pi() / 2).log()), low=0.0),
    "laplace": Density(lambda z: -np.abs(z) - _log(2), others={"cdf": _laplace_cdf, "sf": lambda z: _laplace_cdf(-z)}),
    "logistic": Density(
        lambda z: of("log_expit", z) + of("log_expit", -z),
        others={
            "cdf": lambda z: of("expit", z),
            "sf": lambda z: of("expit", -z),
            "logcdf": lambda z: of("log_expit", z),
            "logsf": lambda z: of("log_expit", -z),
        },
    ),
    "gumbel_r": Density(
        lambda z: -z - np.exp(-z), others={"cdf": lambda z: np.exp(-np.exp(-z)), "logcdf": lambda z: -np.exp(-z)}
    ),
    "gumbel_l": Density(lambda z: z - np.exp(z), others={"sf": lambda z: np.exp(-np.exp(z)), "logsf": lambda z: -np.exp(z)}),
    "skewnorm": Density(lambda z, a: _normal(z) + of("log_ndtr", a * z) + _log(2), ("a",)),
    "uniform": Density(lambda z: z * 0, low=0.0, high=1.0, others={"cdf": lambda z: z, "sf": lambda z: 1 - z}),
    "expon": Density(
        lambda z: -z,
        low=0.0,
        others={
            "cdf": lambda z: -np.expm1(-z),
            "sf": lambda z: np.exp(-z),
            "logsf": lambda z: -z,
            "logcdf": lambda z: np.log(-np.expm1(-z)),
        },
    ),
    "halfnorm": Density(lambda z: _normal(z) + _log(2), low=0.0, others={"cdf": lambda z: 2 * of("ndtr", z) - 1}),
    "rayleigh": Density(lambda z: np.log(z) - z * z / 2, low=0.0, others={"cdf": lambda z: -np.expm1(-z * z / 2)}),
    "gamma": Density(
        lambda z, a: of("xlogy", a - 1, z) - z - of("gammaln", a),
        ("a",),
        low=0.0,
        others={"cdf": lambda z, a: of("gammainc", a, z), "sf": lambda z, a: of("gammaincc", a, z)},
    ),
    "invgamma": Density(lambda z, a: -(a + 1) * np.log(z) - of("gammaln", a) - 1 / z, ("a",), low=0.0),
    "chi2": Density(
        _chi_square,
        ("df",),
        low=0.0,
        others={"cdf": lambda z, df: of("gammainc", df / 2, z / 2), "sf": lambda z, df: of("gammaincc", df / 2, z / 2)},
    ),
    "beta": Density(
        lambda z, a, b: of("xlogy", a - 1, z) + of("xlog1py", b - 1, -z) - of("betaln", a, b),
        ("a", "b"),
        low=0.0,
        high=1.0,
        others={"cdf": lambda z, a, b: of("betainc", a, b, z), "sf": lambda z, a, b: of("betaincc", a, b, z)},
    ),
    "lognorm": Density(
        _log_normal, ("s",), low=0.0, others={k: lambda z, s, f=f: f(np.log(z) / s) for k, f in _NORMAL.items() if k != "ppf"}
    ),
    "weibull_min": Density(
        lambda z, c: np.log(c) + of("xlogy", c - 1, z) - z**c,
        ("c",),
        low=0.0,
        others={"cdf": lambda z, c: -np.expm1(-(z**c)), "sf": lambda z, c: np.exp(-(z**c)), "logsf": lambda z, c: -(z**c)},
    ),
    "pareto": Density(lambda z, b: np.log(b) - (b + 1) * np.log(z), ("b",), low=1.0, others={"sf": lambda z, b: z**-b}),
    "poisson": Density(lambda k, mu: of("xlogy", k, mu) - of("gammaln", k + 1) - mu, ("mu",), low=0.0, discrete=True),
    "binom": Density(_binomial, ("n", "p"), low=0.0, discrete=True, at_most="n"),
    "bernoulli": Density(lambda k, p: of("xlogy", k, p) + of("xlog1py", 1 - k, -p), ("p",), low=0.0, high=1.0, discrete=True),
    "geom": Density(lambda k, p: of("xlog1py", k - 1, -p) + np.log(p), ("p",), low=1.0, discrete=True),
    "nbinom": Density(_negative_binomial, ("n", "p"), low=0.0, discrete=True),
}
