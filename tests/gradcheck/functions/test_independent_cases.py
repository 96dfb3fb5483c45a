"""Cases from elsewhere, functions and derivatives written anew: the right verdict or an honest inconclusive, never a wrong one.

Sources: numdifftools' elementary functions; the benchmark problems of numericalderivative (Dumontet and Vignes 1977;
Stepleman and Winarsky 1979; Gill, Murray, Saunders and Wright 1983; Shi, Xie, Xuan and Nocedal 2022; Oliver 1980);
scipy.differentiate's accuracy cases; chainer's degenerate functions; Rosenbrock at the origin; nlopt's shifted square;
a cost with 1e8 added; cosc at 0; the Gaussian mixture objective of Microsoft's ADBench.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from gradcheck import check_grad
from gradcheck.judge.verdicts import Verdict


@dataclass(frozen=True)
class Case:
    f: Any
    df: Any
    x: Any
    verdict: Verdict = Verdict.MATCH
    certified: bool = True
    jacobian: bool = False


def of_each(f, df, *points):
    """A function of one number, summed over some points."""
    return Case(lambda x: np.sum(f(x)), df, np.array(points))


ELEMENTARY = {
    name: of_each(getattr(np, name), df, 0.1, 0.5, 0.9)
    for name, df in {
        "cos": lambda x: -np.sin(x),
        "sin": np.cos,
        "tan": lambda x: 1 + np.tan(x) ** 2,
        "cosh": np.sinh,
        "sinh": np.cosh,
        "tanh": lambda x: 1 / np.cosh(x) ** 2,
        "arcsinh": lambda x: 1 / np.sqrt(x * x + 1),
        "exp": np.exp,
        "expm1": np.exp,
        "exp2": lambda x: np.exp2(x) * np.log(2.0),
        "square": lambda x: 2 * x,
        "sqrt": lambda x: 0.5 / np.sqrt(x),
        "log": lambda x: 1 / x,
        "log1p": lambda x: 1 / (1 + x),
        "log10": lambda x: 1 / (x * math.log(10)),
        "log2": lambda x: 1 / (x * math.log(2)),
        "arccos": lambda x: -1 / np.sqrt(1 - x * x),
        "arcsin": lambda x: 1 / np.sqrt(1 - x * x),
        "arctan": lambda x: 1 / (1 + x * x),
    }.items()
}


def gmsw(x):
    return np.expm1(x) ** 2 + (1 / np.sqrt(1 + x**2) - 1) ** 2


def dgmsw(x):
    s = 1 + x**2
    return 2 * np.exp(x) * np.expm1(x) - 2 * x * (1 / np.sqrt(s) - 1) / s**1.5


# Polynomial, inverse, exponential, ...: sixteen problems of one variable, each at its own test point.
STEP_PROBLEMS = {
    "polynomial": of_each(lambda x: x**2, lambda x: 2 * x, 1.0),
    "inverse": of_each(lambda x: 1 / x, lambda x: -1 / x**2, 1.0),
    "exponential": of_each(np.exp, np.exp, 1.0),
    "logarithm": of_each(np.log, lambda x: 1 / x, 1.0),
    "square root": of_each(np.sqrt, lambda x: 1 / (2 * np.sqrt(x)), 1.0),
    "atan": of_each(np.arctan, lambda x: 1 / (1 + x**2), 0.5),
    "sin": of_each(np.sin, np.cos, 1.0),
    "scaled exponential": of_each(lambda x: np.exp(-x / 1e6), lambda x: -np.exp(-x / 1e6) / 1e6, 1.0),
    "GMSW": of_each(gmsw, dgmsw, 1.0),
    "SXXN 1": of_each(lambda x: np.expm1(x) ** 2, lambda x: 2 * np.exp(x) * np.expm1(x), -8.0),
    "SXXN 2": of_each(lambda x: np.exp(100 * x), lambda x: 100 * np.exp(100 * x), 0.01),
    "SXXN 3": of_each(lambda x: x**4 + 3 * x**2 - 10 * x, lambda x: 4 * x**3 + 6 * x - 10, 0.99999),
    "SXXN 4": of_each(lambda x: 1e4 * x**3 + 0.01 * x**2 + 5 * x, lambda x: 3e4 * x**2 + 0.02 * x + 5, 1e-9),
    "Oliver 1": of_each(lambda x: np.exp(4 * x), lambda x: 4 * np.exp(4 * x), 1.0),
    "Oliver 2": of_each(lambda x: np.exp(x**2), lambda x: 2 * x * np.exp(x**2), 1.0),
    "Oliver 3": of_each(lambda x: x**2 * np.log(x), lambda x: x + 2 * x * np.log(x), 1.0),
}


def spherical(z):
    r, phi, theta = z
    return np.stack([r * np.sin(phi) * np.cos(theta), r * np.sin(phi) * np.sin(theta), r * np.cos(phi)])


def dspherical(z):
    r, p, t = z
    return np.array(
        [
            [np.sin(p) * np.cos(t), r * np.cos(p) * np.cos(t), -r * np.sin(p) * np.sin(t)],
            [np.sin(p) * np.sin(t), r * np.cos(p) * np.sin(t), r * np.sin(p) * np.cos(t)],
            [np.cos(p), -r * np.sin(p), 0.0],
        ]
    )


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def drosenbrock(x):
    g = np.zeros_like(x)
    g[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


ACCURACY = {
    "polar": Case(
        lambda z: np.stack([z[0] * np.cos(z[1]), z[0] * np.sin(z[1])]),
        lambda z: np.array([[np.cos(z[1]), -z[0] * np.sin(z[1])], [np.sin(z[1]), z[0] * np.cos(z[1])]]),
        np.array([0.7, 2.1]),
        jacobian=True,
    ),
    "spherical": Case(spherical, dspherical, np.array([1.3, 0.4, -0.9]), jacobian=True),
    "mixed": Case(
        lambda z: np.stack([z[0] ** 2 * z[1], 5 * z[0] + np.sin(z[1])]),
        lambda z: np.array([[2 * z[0] * z[1], z[0] ** 2], [5.0, np.cos(z[1])]]),
        np.array([0.3, 1.9]),
        jacobian=True,
    ),
    **{f"2 x^{n}": of_each(lambda x, n=n: 2 * x**n, lambda x, n=n: 2 * n * x ** (n - 1.0), 1.5) for n in range(6)},
    "saddle": of_each(lambda x: (x - 1) ** 3, lambda x: 3 * (x - 1) ** 2, 1.0),
    "saddle of two pieces": of_each(
        lambda x: np.where(x > 1, (x - 1) ** 5, (x - 1) ** 3),
        lambda x: np.where(x > 1, 5 * (x - 1) ** 4, 3 * (x - 1) ** 2),
        1.0,
    ),
    "Rosenbrock of five": Case(rosenbrock, drosenbrock, np.array([0.3, -1.2, 0.8, 1.9, 0.1])),
    "Rosenbrock at the origin": Case(rosenbrock, drosenbrock, np.zeros(2)),
}

DEGENERATE = {
    "zero": of_each(lambda x: x * 0, np.zeros_like, 0.3, -1.0),
    "linear": of_each(lambda x: 2 * x + 1, lambda x: np.full_like(x, 2), 0.3, -1.0),
    "abs away from 0": of_each(np.abs, np.sign, 0.3, -1.0),
    "abs at 0": Case(lambda x: np.sum(np.abs(x)), np.sign, np.zeros(2), Verdict.KINK),
    "step beside its jump": of_each(lambda x: (x > 0) * 1.0, np.zeros_like, 1e-9, -1e-9),
    "clip inside and outside": of_each(lambda x: np.clip(x, -1, 1), lambda x: (np.abs(x) < 1) * 1.0, 0.3, -2.0),
    "clip at its end": Case(lambda x: np.sum(np.clip(x, -1, 1)), lambda x: (np.abs(x) < 1) * 1.0, np.ones(1), Verdict.KINK),
    "NaN in a segment": of_each(
        lambda x: np.where(np.abs(x) < 0.5, np.nan, 2 * x), lambda x: np.where(np.abs(x) < 0.5, np.nan, 2.0), 0.500001, -1.0
    ),
}


def shifted(n):
    a = np.linspace(-1, 3, n)
    return Case(lambda x: np.sum((x - a) ** 2), lambda x: 2 * (x - a), np.cos(np.arange(n)))


def cosc(x):
    v = x[0]
    if v == 0:
        return 0.0
    return math.cos(math.pi * v) / v - math.sin(math.pi * v) / (math.pi * v * v)


DATA = np.random.default_rng(11).normal(size=(6, 2))
GAMMA, WISHART = 1.0, 0


def gmm(p):
    """Mixture weights alpha (K), means (K, D), inverse covariance factors icf (K, D (D + 1) / 2); D = 2."""
    alphas, means, icf = p["alphas"], p["means"], p["icf"]
    d, k = DATA.shape[1], len(alphas)
    total = 0.0
    for row in DATA:
        terms = np.zeros(k)
        for j in range(k):
            Q = np.diag(np.exp(icf[j, :d])) + np.array([[0.0, 0.0], [1.0, 0.0]]) * icf[j, d]
            terms[j] = alphas[j] + np.sum(icf[j, :d]) - 0.5 * np.sum((Q @ (row - means[j])) ** 2)
        top = np.max(terms)
        total = total + top + np.log(np.sum(np.exp(terms - top)))
    shift = len(DATA) * (d * 0.5 * math.log(2 * math.pi) + np.log(np.sum(np.exp(alphas))))
    prior = 0.5 * GAMMA**2 * (np.sum(np.exp(2 * icf[:, :d])) + np.sum(icf[:, d:] ** 2)) - WISHART * np.sum(icf[:, :d])
    return total - shift + prior


def dgmm(p):
    alphas, means, icf = p["alphas"], p["means"], p["icf"]
    d, k = DATA.shape[1], len(alphas)
    g = {key: np.zeros_like(value) for key, value in p.items()}
    for row in DATA:
        terms, residuals = np.zeros(k), np.zeros((k, d))
        for j in range(k):
            Q = np.diag(np.exp(icf[j, :d])) + np.array([[0.0, 0.0], [1.0, 0.0]]) * icf[j, d]
            residuals[j] = Q @ (row - means[j])
            terms[j] = alphas[j] + np.sum(icf[j, :d]) - 0.5 * np.sum(residuals[j] ** 2)
        w = np.exp(terms - terms.max())
        w = w / w.sum()
        for j in range(k):
            u, r = row - means[j], residuals[j]
            Q = np.diag(np.exp(icf[j, :d])) + np.array([[0.0, 0.0], [1.0, 0.0]]) * icf[j, d]
            g["alphas"][j] += w[j]
            g["means"][j] += w[j] * (Q.T @ r)
            g["icf"][j, :d] += w[j] * (1 - r * np.exp(icf[j, :d]) * u)
            g["icf"][j, d] -= w[j] * r[1] * u[0]
    share = np.exp(alphas) / np.sum(np.exp(alphas))
    g["alphas"] -= len(DATA) * share
    g["icf"][:, :d] += GAMMA**2 * np.exp(2 * icf[:, :d]) - WISHART
    g["icf"][:, d] += GAMMA**2 * icf[:, d]
    return g


_RNG = np.random.default_rng(4)
MIXTURE = {"alphas": _RNG.normal(size=3), "means": _RNG.normal(size=(3, 2)), "icf": _RNG.normal(size=(3, 3))}
OTHERS = {
    **{f"shifted square of {n}": shifted(n) for n in (10, 100, 1000)},
    "1e8 added": Case(lambda x: 1e8 + np.sum(np.sin(x) ** 2), lambda x: np.sin(2 * x), np.array([0.2, 1.1])),
    "cosc at 0": Case(cosc, lambda x: np.full(1, -(math.pi**2) / 3), np.zeros(1), Verdict.INCONCLUSIVE, False),
    "ADBench GMM": Case(gmm, dgmm, MIXTURE),
}
CASES = {**ELEMENTARY, **STEP_PROBLEMS, **ACCURACY, **DEGENERATE, **OTHERS}


def test_all_cases_are_there():
    assert len(ELEMENTARY) == 19 and len(STEP_PROBLEMS) == 16
    certified = [case for case in CASES.values() if case.certified]
    assert len(certified) >= 0.95 * len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_true_derivative_gets_its_verdict(name):
    case = CASES[name]
    result = check_grad(case.f, case.df, case.x, jacobian=case.jacobian, rng=0)
    assert result.verdict is case.verdict, str(result)
    assert result.witness.startswith("certified") is case.certified


def spoiled(case):
    """The derivative with 1e-7 of one entry (or of 1, if it is zero) added to it."""

    def wrong(x):
        g = case.df(x)
        part = g["icf"] if isinstance(g, dict) else g
        part.flat[-1] += 1e-7 * (abs(float(part.flat[-1])) or 1.0)
        return g

    return wrong


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.certified])
def test_a_derivative_wrong_by_1e_7_in_one_entry_is_a_mismatch(name):
    case = CASES[name]
    if case.verdict is Verdict.KINK:  # there a small change may be another choice of subgradient: leave the range
        wrong = lambda x: case.df(x) + 1.5
    else:
        wrong = spoiled(case)
    assert check_grad(case.f, wrong, case.x, jacobian=case.jacobian, rng=0).verdict is Verdict.MISMATCH
