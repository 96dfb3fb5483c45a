"""Eigenvalues, eigenvectors and singular values on balls."""

import time

import mpmath
import numpy as np
import pytest
from numpy.linalg import cond, eigh, eigvalsh, matrix_rank, norm, svd

from gradcheck import certified_gradient, check_grad, check_vjp
from tests.gradcheck.certified.oracle import certifies

RNG = np.random.default_rng(11)
A = RNG.normal(size=(4, 4))
TALL = RNG.normal(size=(5, 3))
WIDE = TALL.T.copy()
STACK = RNG.normal(size=(2, 3, 3))
W = RNG.normal(size=(6, 6))


def sym(a):
    return (a + np.swapaxes(a, -1, -2)) / 2


def top_vector(a):
    v = eigh(sym(a))[1][:, -1]
    return v * np.sign(v[0])


SQUARE = {
    "eigvalsh": lambda a: W[0, :4] @ eigvalsh(sym(a)),
    "eigvalsh reads the lower triangle": lambda a: W[0, :4] @ eigvalsh(a),
    "eigvalsh upper": lambda a: W[0, :4] @ np.linalg.eigvalsh(a, UPLO="U"),
    "one eigenvalue": lambda a: eigvalsh(sym(a))[1] ** 2,
    "largest of them": lambda a: np.max(np.abs(eigvalsh(sym(a)))),
    "eigenvectors": lambda a: np.sum(W[:4, :4] * eigh(sym(a))[1]),
    "one eigenvector, sign fixed": lambda a: top_vector(a) @ W[1, :4],
    "named results": lambda a: np.linalg.eigh(sym(a)).eigenvalues[0] + np.linalg.eigh(sym(a)).eigenvectors[2, 1] ** 2,
    "matrix function": lambda a: np.sum(W[:4, :4] * ((v := eigh(sym(a)))[1] * np.exp(v[0])) @ v[1].T),
    "list of rows": lambda a: eigvalsh([[a[0, 0], a[0, 1]], [a[0, 1], a[1, 1]]])[0],
    "singular values": lambda a: W[2, :4] @ svd(a, compute_uv=False),
    "svd of a square matrix": lambda a: np.sum(W[:4, :4] * svd(a)[0]) + np.sum(W[:4, 2:] * svd(a)[2]) + svd(a)[1][0],
    "norms": lambda a: norm(a, 2) + norm(a, -2) + norm(a, "nuc") + norm(a, 2, keepdims=True)[0, 0],
    "matrix_norm": lambda a: np.linalg.matrix_norm(a, ord=2) + np.linalg.matrix_norm(a, ord="nuc"),
    "cond": lambda a: cond(a) + cond(a, -2) + cond(a, 1) + cond(a, "fro"),
    "rank": lambda a: matrix_rank(a) * a[0, 0] + matrix_rank(a, tol=1e9) + matrix_rank(a @ a.T, hermitian=True),
}
OBLONG = {
    "singular values": lambda a: W[2, :3] @ svd(a, compute_uv=False),
    "reduced": lambda a: np.sum((u := svd(a, full_matrices=False))[0][0] * u[1]) + u[2][1, 1],
    "full, first columns": lambda a: svd(a).U[0, 0] * svd(a).S[0] + svd(a).Vh[0, 0],
    "rank one": lambda a: np.sum(
        W[: len(a), : a.shape[1]] * ((u := svd(a, full_matrices=False))[0][:, :1] * u[1][0] @ u[2][:1])
    ),
    "nuclear norm": lambda a: norm(a, ord="nuc"),
    "svdvals": lambda a: np.linalg.svdvals(a)[-1],
}


@pytest.mark.parametrize("name", SQUARE)
def test_square_matrices(name):
    certifies(SQUARE[name], A)


@pytest.mark.parametrize("x", [TALL, WIDE], ids=["tall", "wide"])
@pytest.mark.parametrize("name", OBLONG)
def test_oblong_matrices(name, x):
    certifies(OBLONG[name], x)


def test_stacks_of_matrices():
    certifies(lambda a: np.sum(eigvalsh(sym(a)) * W[:2, :3]) + eigh(sym(a))[1][1, 0, 2] ** 2, STACK)
    certifies(lambda a: np.sum(svd(a, compute_uv=False) * W[:2, :3]) + np.sum(svd(a)[0][0] ** 3), STACK)
    certifies(lambda a: norm(a, 2, axis=(1, 2))[0] + np.sum(norm(a, "nuc", axis=(0, 2))) + cond(a)[1], STACK)


def test_against_many_digits():
    """The derivative of a smallest eigenvalue, by a difference of 50-digit eigenvalues."""
    _, grad = certified_gradient(lambda a: eigvalsh(a)[0], A)
    with mpmath.workdps(60):
        h, ends = mpmath.mpf(10) ** -25, []
        for sign in (1, -1):
            lower = mpmath.matrix(4, 4)
            for i in range(4):
                for j in range(i + 1):
                    lower[i, j] = lower[j, i] = mpmath.mpf(A[i, j]) + (sign * h if (i, j) == (2, 1) else 0)
            ends.append(min(mpmath.eigsy(lower, eigvals_only=True)))
        slope = (ends[0] - ends[1]) / (2 * h)
        assert abs(slope - mpmath.mpf(grad.mid[2, 1]) - mpmath.mpf(grad.low[2, 1])) < 1e-31
    assert grad.mid[1, 2] == 0


def test_right_and_wrong_gradients():
    def f(a):
        return np.sum(W[0, :4] * np.exp(eigvalsh(sym(a))))

    def right(a):
        values, vectors = eigh(sym(a))
        return vectors * (W[0, :4] * np.exp(values)) @ vectors.T

    report = check_grad(f, right, A)
    assert report.verdict == "match"
    assert "certified" in report.to_dict()["witness"]
    assert check_grad(f, lambda a: right(a) * (1 + 1e-9), A).verdict == "mismatch"
    assert check_grad(f, lambda a: np.tril(right(a)) * 2 - np.diag(np.diag(right(a))), A).verdict == "mismatch"


def test_eigenvectors_by_their_vector_jacobian_product():
    def f(a):
        return eigh(sym(a))[1]

    def pull(x, cotangent, *, sign=1.0):
        values, v = eigh(sym(x))
        gaps = values[None, :] - values[:, None] + np.eye(4)
        inner = (v.T @ cotangent) * (1 - np.eye(4)) / gaps
        return sym(v @ (sign * inner) @ v.T)

    assert check_vjp(f, pull, A).verdict == "match"
    assert check_vjp(f, lambda x, g: pull(x, g, sign=-1.0), A).verdict == "mismatch"


def test_a_jacobian_of_singular_values():
    def right(a):
        u, _, vh = svd(a, full_matrices=False)
        return np.einsum("ik,kj->kij", u, vh)

    assert check_grad(lambda a: svd(a, compute_uv=False), right, TALL, jacobian=True).verdict == "match"
    assert check_grad(lambda a: svd(a, compute_uv=False), lambda a: right(a)[::-1], TALL, jacobian=True).verdict == "mismatch"


def test_equal_eigenvalues_are_no_obstacle_to_what_is_smooth_there():
    x = np.diag([2.0, 2.0, 3.0])
    for f, right in (
        (lambda a: np.sum(np.log(eigvalsh(sym(a)))), lambda a: np.linalg.inv(sym(a))),
        (lambda a: norm(a, "nuc"), lambda a: np.eye(3)),
        (lambda a: eigvalsh(sym(a))[2], lambda a: np.diag([0.0, 0.0, 1.0])),
    ):
        assert check_grad(f, right, x).verdict == "match"
        assert check_grad(f, lambda a, right=right: 1.5 * right(a), x).verdict == "mismatch"


def test_one_of_equal_eigenvalues_has_a_kink():
    _, grad = certified_gradient(lambda a: eigvalsh(sym(a))[0], np.eye(3))
    assert not grad.smooth
    assert (np.abs(grad.mid) <= grad.rad).all() or (np.abs(grad.mid - np.eye(3)) <= grad.rad + 1e-20).all()
    for f in (lambda a: norm(a, 2), lambda a: eigvalsh(sym(a))[-1]):
        assert check_grad(f, lambda a: 3 * np.eye(3), np.eye(3)).verdict != "match"


def test_vectors_of_equal_eigenvalues_are_refused_by_name():
    report = check_grad(lambda a: eigh(sym(a))[1][0, 0], lambda a: np.zeros((3, 3)), np.eye(3))
    assert report.verdict != "match" or "repeated-eigenvalue" in str(report)


def test_eigenvalues_close_together_are_found():
    x = np.diag([1.0, 1.0 + 2.0**-40, 3.0])
    _, grad = certified_gradient(lambda a: eigvalsh(sym(a))[0], x)
    np.testing.assert_allclose(grad.mid, np.diag([1.0, 0.0, 0.0]), atol=1e-20)


def test_twenty_by_twenty_is_quick():
    x = RNG.normal(size=(20, 20))
    start = time.monotonic()
    certified_gradient(lambda a: np.sum(eigvalsh(sym(a)) ** 3), x)
    assert time.monotonic() - start < 4
