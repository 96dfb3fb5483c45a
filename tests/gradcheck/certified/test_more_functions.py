"""NumPy functions that are made of others, on balls."""

import numpy as np
import pytest

from tests.gradcheck.certified.oracle import certifies

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
