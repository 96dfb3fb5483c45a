"""scipy.linalg on balls."""

import numpy as np
import pytest

from gradcheck import check_grad
from tests.gradcheck.certified.oracle import certifies

pytestmark = pytest.mark.extra("scipy")

RNG = np.random.default_rng(12)
A = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
B = RNG.normal(size=(3, 2))
W = RNG.normal(size=(6, 6))


def spd(a):
    return a @ a.T + np.eye(3)


CASES = {
    "solve": lambda s, a: np.sum(s.solve(a, B) ** 2) + np.sum(s.solve(a, B, transposed=True)),
    "solve, symmetric": lambda s, a: np.sum(s.solve(spd(a), B, assume_a="pos") * B),
    "solve, one triangle": lambda s, a: np.sum(s.solve(a, B, False, assume_a="sym") * s.solve(a, B, True, assume_a="sym")),
    "lu": lambda s, a: np.sum(s.lu_solve(s.lu_factor(a), B)) + np.sum(s.lu_solve(s.lu_factor(a), B, trans=1) ** 2),
    "lstsq, pinv": lambda s, a: np.sum(s.lstsq(a[:, :2], B)[0] ** 2) + np.sum(s.pinv(a[:, :2]) * W[:2, :3]),
    "norm": lambda s, a: s.norm(a) + s.norm(a, 2) + s.norm(a, 1) + s.norm(a[0]) + np.sum(s.norm(a, axis=1)),
    "eigh": lambda s, a: W[0, :3] @ s.eigh(a)[0] + s.eigh(a)[1][0, 1] ** 2 + s.eigvalsh(a, lower=False)[1],
    "generalised eigh": lambda s, a: W[0, :3] @ s.eigh(a + a.T, spd(a))[0] + np.sum(s.eigh(a + a.T, spd(a))[1] ** 3),
    "part of eigh": lambda s, a: s.eigh(a, subset_by_index=[2, 2], eigvals_only=True)[0],
    "svd": lambda s, a: W[0, :3] @ s.svdvals(a) + np.sum(s.svd(a)[0] * W[:3, :3]),
    "reduced svd": lambda s, a: np.sum(s.svd(a[:, :2], full_matrices=False)[2]),
    "polar": lambda s, a: np.sum(s.polar(a)[0] * W[:3, :3]) + np.sum(s.polar(a, side="left")[1] ** 2 * W[:3, 3:]),
    "qr": lambda s, a: np.sum(s.qr(a[:, :2], mode="economic")[0] * W[:3, :2]) + s.qr(a)[1][1, 2] + s.qr(a, mode="r")[0][0, 0],
    "expm": lambda s, a: np.sum(s.expm(a / 3) * W[:3, :3]) + np.trace(s.expm(np.stack([a, a.T]) / 4)[1]),
    "sylvester": lambda s, a: np.sum(s.solve_sylvester(a, a.T @ a, W[:3, :3]) ** 2),
    "lyapunov": lambda s, a: np.sum(s.solve_continuous_lyapunov(a, W[:3, :3]) ** 2),
    "toeplitz": lambda s, a: np.sum(s.toeplitz(a[0], a[1]) * W[:3, :3]) + np.sum(s.toeplitz(a[:, 1]) ** 2 * W[:3, 3:]),
    "solve_toeplitz": lambda s, a: np.sum(s.solve_toeplitz(a[0], B) ** 2) + np.sum(s.solve_toeplitz((a[0], a[1]), B)),
    "circulant": lambda s, a: np.sum(s.circulant(a[0]) ** 2 * W[:3, :3]),
    "block_diag": lambda s, a: np.sum(s.block_diag(a[:2], a[0, :2]) ** 2 * W[:3, :5]),
    "det, inv": lambda s, a: s.det(a) + np.sum(s.inv(a) * W[:3, :3]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_scipy_linalg_runs_on_balls(name):
    from scipy import linalg

    certifies(lambda a: CASES[name](linalg, a), A)


def test_a_wrong_gradient_of_an_exponential():
    from scipy.linalg import expm

    f = lambda a: np.trace(expm(a) @ W[:3, :3])
    assert check_grad(f, lambda a: expm(a).T, A / 4).verdict == "mismatch"
    assert check_grad(lambda a: np.trace(expm(a)), lambda a: expm(a).T, A / 4).verdict == "match"
    assert check_grad(lambda a: np.trace(expm(a)), lambda a: expm(a), A / 4).verdict == "mismatch"


@pytest.mark.parametrize("name", ["logm", "sqrtm", "cosm"])
def test_what_has_no_rule_is_judged_by_differences(name):
    from scipy import linalg

    report = check_grad(lambda a: np.sum(getattr(linalg, name)(a @ a.T).real), lambda a: a, A)
    assert report.verdict == "mismatch"
    assert f"there is no rule for scipy.linalg.{name}" in str(report)
