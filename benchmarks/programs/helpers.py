"""Derivatives that take more than a line, as functions that a program carries with it: plain NumPy, from the definitions."""

import math
from fractions import Fraction

import numpy as np

BERNOULLI = (
    "1/6 -1/30 1/42 -1/30 5/66 -691/2730 7/6 -3617/510 43867/798 -174611/330 854513/138 -236364091/2730 8553103/6 "
    "-23749461029/870 8615841276005/14322 -7709321041217/510 2577687858367/6 -26315271553053477373/1919190 "
    "2929993913841559/6 -261082718496449122051/13530"
)


def first_bessel(a):
    """I_1 by the trapezoidal rule, which is exact here to far more digits than floats have."""
    total = 0.0
    for k in range(64):
        c = math.cos(2 * math.pi * k / 64)
        total = total + np.exp(c * a) * c
    return total / 64


def digamma(a):
    total, z = 0.0, a
    for _ in range(60):
        total = total - 1 / z
        z = z + 1
    total = total + math.log(z) - 1 / (2 * z)
    for k, number in enumerate(map(Fraction, BERNOULLI.split()), 1):
        total = total - number.numerator / (2 * k * number.denominator * z ** (2 * k))
    return total


def trigamma(a):
    total, z = 0.0, a
    for _ in range(60):
        total = total + 1 / z**2
        z = z + 1
    total = total + 1 / z + 1 / (2 * z**2)
    for k, number in enumerate(map(Fraction, BERNOULLI.split()), 1):
        total = total + number.numerator / (number.denominator * z ** (2 * k + 1))
    return total


def of_product(a, da, axis):
    """The derivative of a product: each factor in turn gives way to its tangent."""
    if axis is None:
        a, da, axis = a.ravel(), da.ravel(), 0
    a, da = np.moveaxis(a, axis, 0), np.moveaxis(da, axis, 0)
    total = 0.0
    for j in range(a.shape[0]):
        term = da[j]
        for k in range(a.shape[0]):
            if k != j:
                term = term * a[k]
        total = total + term
    return total


def running_product(a, da, axis):
    if axis is None:
        a, da, axis = a.ravel(), da.ravel(), 0
    a, da = np.moveaxis(a, axis, 0), np.moveaxis(da, axis, 0)
    parts = [of_product(a[: k + 1], da[: k + 1], 0) for k in range(a.shape[0])]
    return np.moveaxis(np.stack(parts), 0, axis)


def largest(a, da, axis):
    """The tangents of the largest entries along an axis."""
    places = np.expand_dims(np.argmax(a, axis=axis), axis)
    return np.squeeze(np.take_along_axis(da, places, axis), axis)


def in_order(a, da, axis):
    return np.take_along_axis(da, np.argsort(a, axis=axis), axis)


def middles(a, da, axis):
    """The tangents of the one or two middle entries along an axis."""
    n = a.shape[axis]
    ordered = np.moveaxis(in_order(a, da, axis), axis, 0)
    return np.moveaxis(ordered[(n - 1) // 2 : n // 2 + 1], 0, axis)


def middle(a, da):
    picked = middles(a, da, 0)
    return picked.sum() / len(picked)


def at_level(a, da, q):
    """The tangent of a quantile: on the line between two entries."""
    ordered, place = in_order(a, da, 0), q * (len(a) - 1)
    low = int(place)
    high = min(low + 1, len(a) - 1)
    return ordered[low] * (1 - (place - low)) + ordered[high] * (place - low)


def of_correlation(a, da, b, db):
    """``c = s_ab / sqrt(s_aa s_bb)`` by the rule of products."""
    a, b = a - a.mean(), b - b.mean()
    ab, aa, bb = np.sum(a * b), np.sum(a * a), np.sum(b * b)
    dab, daa, dbb = np.sum(da * b + a * db), 2 * np.sum(a * da), 2 * np.sum(b * db)
    c = ab / np.sqrt(aa * bb)
    return dab / np.sqrt(aa * bb) - c * (daa / aa + dbb / bb) / 2


def of_correlations(a, da):
    rows = range(len(a))
    return np.array([[0.0 if i == j else of_correlation(a[i], da[i], a[j], da[j]) for j in rows] for i in rows])


def of_cholesky(L, ds):
    """``dL = L lower(L^-1 dS L^-T)``, the diagonal by half."""
    inverse = np.linalg.inv(L)
    inner = inverse @ ds @ np.swapaxes(inverse, -1, -2)
    halved = np.tril(inner) - inner * np.eye(inner.shape[-1]) / 2
    return L @ halved


def of_qr(a, da):
    """``dQ`` and ``dR`` of the reduced factorisation."""
    q, r = np.linalg.qr(a)
    inner = q.T @ da @ np.linalg.inv(r)
    skew = np.tril(inner, -1) - np.tril(inner, -1).T
    dr = (inner - skew) @ r
    return q @ skew + (da - q @ (q.T @ da)) @ np.linalg.inv(r), dr


def of_least_squares(a, da, b, db, x):
    residual = b - a @ x
    return np.linalg.solve(a.T @ a, a.T @ (db - da @ x) + da.T @ residual)


def of_residual(a, da, b, db):
    """The sum of squared residuals moves with what is explained alone: ``2 r . (db - dA x)``."""
    x = np.linalg.solve(a.T @ a, a.T @ b)
    return np.array([2 * np.sum((b - a @ x) * (db - da @ x))])


def of_eigenvalues(s, ds):
    """``d lambda = v . dS v`` for eigenvalues that are apart."""
    v = np.linalg.eigh(s)[1]
    return np.sum(v * (ds @ v), axis=0)


def of_eigenvectors(values, v, ds):
    """``dv_i = sum over j of v_j (v_j . dS v_i) / (lambda_i - lambda_j)``."""
    inner = v.T @ ds @ v
    columns = []
    for i in range(len(values)):
        column = 0.0
        for j in range(len(values)):
            if j != i:
                column = column + v[:, j] * inner[j, i] / (values[i] - values[j])
        columns.append(column)
    return np.stack(columns, axis=1)


def of_singular_values(a, da):
    """``d sigma = u . dA v``."""
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return np.sum(u * (da @ vt.T), axis=0)


def of_condition(a, da):
    s, ds = np.linalg.svd(a, compute_uv=False), of_singular_values(a, da)
    return ds[0] / s[-1] - s[0] / s[-1] * ds[-1] / s[-1]


def of_polar(u, p, da):
    """``dU = U W`` with W skew and ``P W + W P = U^T dA - dA^T U``."""
    n = len(p)
    right = (u.T @ da - da.T @ u).reshape(-1)
    w = np.linalg.solve(np.kron(p, np.eye(n)) + np.kron(np.eye(n), p), right).reshape(n, n)
    return u @ w, u.T @ (da - u @ w @ p)


def slopes(f, at, tangents):
    """The derivative of values along tangents, by Richardson's extrapolation of central differences."""
    table = []
    for halving in range(4):
        h = 2.0**-8 / 2**halving
        ahead = f(*(a + h * t for a, t in zip(at, tangents, strict=True)))
        back = f(*(a - h * t for a, t in zip(at, tangents, strict=True)))
        table.append((np.asarray(ahead) - np.asarray(back)) / (2 * h))
    order = 4
    while len(table) > 1:
        table = [(order * table[k + 1] - table[k]) / (order - 1) for k in range(len(table) - 1)]
        order *= 4
    return table[0]


def of_pinv(a, da, p):
    left_over = np.eye(len(a)) - a @ p
    return -p @ da @ p + np.linalg.inv(a.T @ a) @ da.T @ left_over
