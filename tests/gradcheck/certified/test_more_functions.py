"""NumPy functions that are made of others, on balls."""

import numpy as np
import pytest

from tests.gradcheck.certified.oracle import agrees_with_floats, certifies, listed

X = np.array([0.3, 1.7, -0.4, 2.2])
W = np.array([0.7, -1.1, 0.4, 0.9, 1.3, -0.6])

CASES = {
    "logspace": lambda x: (
        np.logspace(x[0], x[1], 4) @ W[:4] + np.sum(np.logspace(0, x[3], 3, base=x[1], endpoint=False) * W[:3])
    ),
    "geomspace": lambda x: np.geomspace(x[0], x[1], 5) @ W[:5] + np.sum(np.geomspace(x[:2], x[3], 3).T @ W[:3]),
    "unwrap": lambda x: np.unwrap(3 * x) @ W[:4] + np.sum(np.unwrap(np.outer(x, X), axis=0, period=1.1)[3] * W[:4]),
    "polyfit": lambda x: np.polyfit(x, X**2 + 1, 1) @ W[:2] + np.polyfit([0, 1, 2, 4], x, 2, w=[1, 2, 1, 3]) @ W[:3],
    "polynomials": lambda x: np.polymul(x, x[:2]) @ W[:5] + np.polyadd(x, x[:2]) @ W[:4] ** 2 + np.polysub([1.0], x**2) @ W[:4],
    "roots given": lambda x: np.poly(x) @ W[:5] + np.poly1d(x)(0.4) ** 2 + np.poly1d(x).deriv()(1.5),
    "slopes and areas": lambda x: np.polyder(x**2) @ W[:3] + np.polyint(x, 2, k=[1.0, 2.0]) @ W[:6] + np.polyder(x, 2) @ W[:2],
    "trim_zeros": lambda x: np.trim_zeros(np.concatenate([[0.0], x, [0.0, 0.0]])) @ W[:4] + np.trim_zeros(x * X, "b") @ W[:4],
    "paths": lambda x: np.einsum("i,ij,j", x, np.ones((4, 4)), x, optimize=np.einsum_path("i,ij,j", x, np.ones((4, 4)), x)[0]),
    "indices": lambda x: (
        np.sum(np.outer(x, x)[np.tril_indices_from(np.outer(x, x), -1)] * W) + np.outer(x, x)[np.diag_indices(4)][1]
    ),
    "tensors": lambda x: np.sum(np.linalg.tensorsolve((np.diag(x) + 0.1).reshape(2, 2, 4), W[:4].reshape(2, 2)) * W[2:]),
    "inverse tensor": lambda x: np.sum(np.linalg.tensorinv((np.diag(x) + 0.1).reshape(2, 2, 2, 2))[0, 1] * W[:4].reshape(2, 2)),
    "nan": lambda x: (
        np.nancumsum(x) @ W[:4] + np.nanprod(x) * x[np.nanargmax(x)] + np.nanpercentile(x, 30) + np.nanquantile(x, 0.6)
    ),
    "cross": lambda x: (
        np.linalg.cross(x[:3], x[1:]) @ W[:3] + np.sum(np.ldexp(x, 2) * W[:4]) + np.sum(np.fix(x) * x) + np.imag(x)[0]
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_functions_made_of_others(name):
    certifies(CASES[name], X)


M = np.array([[1.5, -2.25, 0.75, 3.125], [0.5, 4.5, -1.125, 2.625], [-3.5, 1.25, 2.125, -0.375]])
OPTIONS = {
    "unwrap": lambda x: np.unwrap(x) + np.unwrap(2 * x, axis=0) + np.unwrap(x, period=1.7),
    "unwrap, far jumps alone": lambda x: (
        np.unwrap(x, discont=4.2) + np.unwrap(x, discont=5.5, axis=0) + np.unwrap(x, 1.0, period=2.9)
    ),
    "unwrap a row": lambda x: np.unwrap(x[0]) * np.unwrap(3 * x[1], discont=7.1),
    "trim_zeros": lambda x: np.trim_zeros(np.concatenate([[0, 0.0], x[0, :2], [0.0], x[0, 2:], [0]])) * np.append(x[1], 2.0),
    "trim_zeros behind": lambda x: (
        np.trim_zeros(np.append(x[:, 0], [0.0, 0]), "b") * x[:, 1] + np.trim_zeros(np.append(0.0, x[:, 2]), "F") * x[:, 0]
    ),
    "polyadd": lambda x: np.polyadd(x[0], x[1, :2]) + np.polyadd(x[1, :1], x[0]) + np.polyadd(x[0, 0], x[2]),
    "polysub": lambda x: np.polysub(x[0], x[1, :2]) + np.polysub(x[1, :1], x[0]) + np.polysub(2.0, x[2]),
    "polymul": lambda x: (
        np.polymul(x[0], x[1, :2]) + np.polymul([0.0, 0.0, 2.0], [0.0, *x[0], 1.0]) + np.polymul(x[1], [3.0, 1.0])
    ),
    "polyder": lambda x: np.polyder(x[0]) + np.polyder(np.append(x[1], 1.0), 2) + np.polyder(x[0, 1:], m=0),
    "polyint": lambda x: (
        np.polyint(x[0]) + np.polyint(x[1, :3], 2) + np.polyint(x[2], k=x[0, 0]) + np.polyint(x[1], m=1, k=[2.0])
    ),
    "polyint twice": lambda x: (
        np.polyint(x[0], 2, k=[x[1, 0], x[1, 1]]) + np.polyint(x[1], 2, k=3.0) + np.polyint(x[2], m=2, k=[4, 5])
    ),
    "polyfit": lambda x: (
        np.polyfit(M[0], x.T, 2) + np.polyfit(x[0], M.T, 2, w=[1.0, 2.0, 0.5, 3.0]) + np.polyfit(x[1], x[0], 2)[:, None]
    ),
    "polyfit of a line": lambda x: np.polyfit([0, 1, 2, 4], x[0], 1, w=x[1] + 5) * np.polyfit(x[1], x[2], 1),
    "polyval": lambda x: np.polyval(x[0], x[1]) + np.polyval([1.0, x[0, 0]], 2.0) + np.polyval(x, 1.5),
    "poly": lambda x: np.poly(x[0]) + np.poly([x[0, 0], 1.0, 2.0, -x[1, 1]]),
    "vander": lambda x: np.vander(x[0], 3).T + np.vander(x[1], 3, increasing=True).T,
    "unique": lambda x: listed(np.unique(x, return_index=True)) + listed(np.unique(x[:, :2], return_inverse=True)) + x[0],
    "unique, both": lambda x: listed(np.unique([x[0, 0], 2.0, x[0, 0], 2.0], True, True, True)) + np.unique(x[1])[::-1],
    "trapezoid": lambda x: np.trapezoid(x) + np.trapezoid(x, x=[0.0, 1.0, 3.0, 4.0]) + np.trapezoid(x.T, dx=0.5, axis=0),
    "ediff1d": lambda x: np.ediff1d(x[0], to_end=x[1, :2], to_begin=1.0) + np.diff(x[0], prepend=x[1, 1:2], append=[2.0, 1.0]),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name):
    agrees_with_floats(OPTIONS[name], M)
