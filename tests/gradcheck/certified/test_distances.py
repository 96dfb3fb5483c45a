"""scipy.spatial.distance on balls."""

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from tests.gradcheck.certified.oracle import certifies

pytestmark = pytest.mark.extra("scipy")

RNG = np.random.default_rng(41)
X = RNG.integers(-8, 8, size=(3, 4)) / 4 + 0.1 + 0.03 * np.arange(3)[:, None]  # no kink nearer than 0.03
Z = RNG.integers(-8, 8, size=(5, 4)) / 4 + 0.06
W = RNG.normal(size=(5, 5))
P = RNG.random(4) + 0.5

METRICS = [
    "euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine", "correlation", "canberra", "braycurtis", "seuclidean",
]  # fmt: skip


@pytest.mark.parametrize("name", METRICS)
def test_between_rows(name):
    from scipy.spatial import distance

    certifies(lambda x: np.sum(distance.cdist(x, Z, name) * W[:3]) + distance.pdist(x, name) @ W[3, :3], X)


CASES = {
    "minkowski": lambda d, x: np.sum(d.cdist(x, Z, "minkowski", p=3) * W[:3]) + d.pdist(x, "minkowski", p=1.5) @ W[3, :3],
    "weights": lambda d, x: np.sum(d.cdist(x, Z, "minkowski", p=3, w=P) * W[:3]) + d.pdist(x, "sqeuclidean", w=P) @ W[3, :3],
    "mahalanobis": lambda d, x: np.sum(d.cdist(x, Z, "mahalanobis", VI=np.diag(P)) * W[:3]),
    "seuclidean": lambda d, x: np.sum(d.cdist(x, Z, "seuclidean", V=P) * W[:3]),
    "to each other": lambda d, x: (
        np.sum(d.cdist(x, x, "sqeuclidean") * W[:3, :3]) + np.sum(np.exp(-d.cdist(x, x, "cityblock"))[0])
    ),
    "squareform": lambda d, x: np.sum(d.squareform(d.pdist(x)) * W[:3, :3]) + d.squareform(d.squareform(d.pdist(x))) @ W[0, :3],
    "two vectors": lambda d, x: (
        d.euclidean(x[0], x[1]) + d.cosine(x[0], Z[1]) * d.minkowski(x[1], x[2], 3) + d.cityblock(x[0], P)
    ),
    "probabilities": lambda d, x: (
        d.jensenshannon(np.exp(x[0]), np.exp(x[1])) + d.chebyshev(x[0], x[2]) + d.correlation(x[1], x[0])
    ),
    "both": lambda d, x: np.sum(d.cdist(x[:1], x[1:]) ** 2),
}


@pytest.mark.parametrize("name", CASES)
def test_distances(name):
    from scipy.spatial import distance

    certifies(lambda x: CASES[name](distance, x), X)


def test_a_matrix_of_distances():
    from scipy.spatial import distance_matrix

    certifies(lambda x: np.sum(distance_matrix(x, Z) * W[:3]) + np.sum(distance_matrix(x, Z, p=1) * W[:3]), X)


def test_right_and_wrong_gradients():
    from scipy.spatial.distance import cdist

    def kernel(x):
        return np.exp(-cdist(x, Z, "sqeuclidean") / 2)

    pull = lambda x, g: (g * kernel(x)) @ Z - np.sum(g * kernel(x), axis=1, keepdims=True) * x
    assert check_vjp(kernel, pull, X).verdict == "match"
    assert check_vjp(kernel, lambda x, g: -pull(x, g), X).verdict == "mismatch"
    report = check_grad(lambda x: np.sum(kernel(x)), lambda x: pull(x, 1.0), X)
    assert report.verdict == "match" and "certified formula" in str(report)


def test_a_metric_without_a_rule_is_named():
    from scipy.spatial.distance import cdist

    report = check_grad(lambda x: np.sum(cdist(x, Z, lambda u, v: np.sum((u - v) ** 2))), lambda x: x, X)
    assert report.verdict == "mismatch" and "scipy.spatial.distance" in str(report)
