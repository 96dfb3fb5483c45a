"""NumPy's functions with their options on balls: the values are NumPy's own, the slopes those of differences."""

from functools import partial

import numpy as np
import pytest

from gradcheck import certified_gradient
from gradcheck.arrays.pytree import leaves
from gradcheck.certified.rounding import RunFormat
from gradcheck.certified.runs.differentiate import run
from gradcheck.certified.runs.evaluate import RunSettings, run_values

X = np.array([[1.5, -2.25, 0.75, 3.125], [0.5, 4.5, -1.125, 2.625], [-3.5, 1.25, 2.125, -0.375]])
V, W, M = X[0], np.array([1.0, 2.0, 0.5, 1.5]), X[:, :3] + 4 * np.eye(3)
MASK = X > 0
T = np.arange(24.0).reshape(2, 3, 4) * 0.375 - 3 + np.sin(np.arange(24.0)).reshape(2, 3, 4)


def quantile_by(method, x):
    return np.quantile(x[0], [0.05, 0.3, 0.55, 0.99], method=method)


CALLS = {
    "sum": lambda x: np.sum(x),
    "sum of one axis": lambda x: np.sum(x, axis=0),
    "sum of the last": lambda x: np.sum(x, axis=-1),
    "sum kept": lambda x: np.sum(x, axis=1, keepdims=True),
    "sum of two": lambda x: np.sum(x[None] * T[:1], axis=(0, 2)),
    "sum from": lambda x: np.sum(x, axis=1, initial=2.5),
    "sum where": lambda x: np.sum(x, axis=0, where=MASK),
    "sum where from": lambda x: np.sum(x, axis=1, where=MASK, initial=0.5),
    "sum of nothing": lambda x: np.sum(x[:0], axis=0),
    "mean": lambda x: np.mean(x, axis=1),
    "mean where": lambda x: np.mean(x, axis=1, where=MASK),
    "var": lambda x: np.var(x),
    "var of columns": lambda x: np.var(x, axis=0, ddof=1),
    "std": lambda x: np.std(x, axis=1),
    "std kept": lambda x: np.std(x, axis=1, ddof=2, keepdims=True),
    "var where": lambda x: np.var(x, axis=1, where=MASK, ddof=0.5),
    "var corrected": lambda x: np.var(x, axis=0, correction=1),
    "prod": lambda x: np.prod(x, axis=1),
    "prod of nothing": lambda x: np.prod(x[:, :0], axis=1) + x[:, 0],
    "average": lambda x: np.average(x, axis=1, weights=W),
    "average of all": lambda x: np.average(x),
    "average returned": lambda x: np.average(x, axis=0, weights=X**2, returned=True)[1] + x[0],
    "average kept": lambda x: np.average(x, axis=1, weights=W, keepdims=True),
    "average returned plain": lambda x: np.average(x, axis=1, returned=True)[1] * x[:, 0],
    "average weighted returned": lambda x: np.average(x, axis=1, weights=W, returned=True)[0],
    "rank of a vector": lambda x: np.linalg.matrix_rank(x[0]) * x[1] + np.linalg.matrix_rank(x[:, :3]) * x[0],
    "lists and a number": lambda x: (x[0, 0] + [1.0, 2.0]) * ([0.5, 1.0] - x[0, 1]) + (2.0, 3.0) / x[1, 1],
    "the type of a mask": lambda x: x * ((x > 0).dtype == np.dtype(bool)),
    "fft of a stack": lambda x: np.fft.fft(x[np.newaxis] * T).real,
    "fft of one": lambda x: np.fft.fft(x, n=1).real + np.fft.ifft(x, axis=0).imag,
    "max where from": lambda x: np.max(x, axis=1, where=MASK, initial=-9.0) + np.min(x, axis=1, initial=2.0),
    "average of all returned": lambda x: np.average(x, returned=True)[1] * x[0],
    "any": lambda x: np.any(x[0]) * x[1] + np.any(np.zeros(2)) * x[0],
    "all of rows": lambda x: np.all(x, axis=1, keepdims=True) * x,
    "cumsum": lambda x: np.cumsum(x),
    "cumsum of rows": lambda x: np.cumsum(x, axis=1),
    "cumprod": lambda x: np.cumprod(x, axis=0),
    "cumprod last": lambda x: np.cumprod(x, axis=-1),
    "cov": lambda x: np.cov(x),
    "cov of columns": lambda x: np.cov(x, rowvar=False),
    "cov biased": lambda x: np.cov(x, bias=True),
    "cov ddof": lambda x: np.cov(x, ddof=2),
    "cov of two": lambda x: np.cov(x[0], x[1]),
    "cov of one": lambda x: np.cov(x[0]),
    "cov of frequencies": lambda x: np.cov(x, fweights=[1, 2, 3, 1]),
    "cov of weights": lambda x: np.cov(x, aweights=W),
    "cov of both": lambda x: np.cov(x, fweights=[1, 2, 3, 1], aweights=W, ddof=0),
    "cov of columns of two": lambda x: np.cov(x, x**2, rowvar=False),
    "corrcoef": lambda x: np.corrcoef(x),
    "corrcoef of one": lambda x: np.corrcoef(x[0]) + x[0, 0],
    "corrcoef of columns": lambda x: np.corrcoef(x, rowvar=False),
    "corrcoef of two": lambda x: np.corrcoef(x[0], x[1]),
    "trace": lambda x: np.trace(x),
    "trace beside": lambda x: np.trace(x, offset=1),
    "trace of a stack": lambda x: np.trace(x[None] * T, axis1=1, axis2=2),
    "max": lambda x: np.max(x, axis=1),
    "min": lambda x: np.min(x, axis=0, keepdims=True),
    "max from": lambda x: np.max(x, axis=1, initial=3.0),
    "min where": lambda x: np.min(x, axis=1, where=MASK, initial=9.0),
    "ptp": lambda x: np.ptp(x, axis=1),
    "ptp kept": lambda x: np.ptp(x, axis=0, keepdims=True),
    "clip": lambda x: np.clip(x, -1.0, 2.0),
    "clip above": lambda x: np.clip(x, None, 1),
    "clip below": lambda x: np.clip(x, 0.25, None),
    "clip by names": lambda x: np.clip(x, min=-1.0, max=x[0]),
    "sort": lambda x: np.sort(x),
    "sort of columns": lambda x: np.sort(x, axis=0),
    "sort flat": lambda x: np.sort(x, axis=None),
    "argsort": lambda x: x[0][np.argsort(x[0])] * np.arange(4),
    "argsort of columns": lambda x: np.argsort(x, axis=0) * x,
    "argmax": lambda x: x[0] * np.argmax(x, axis=0),
    "argmin": lambda x: x[:, 0] * np.argmin(x, axis=1),
    "argmax flat": lambda x: x * np.argmax(x),
    "partition": lambda x: np.partition(x, 2),
    "partition of columns": lambda x: np.partition(x, 1, axis=0),
    "partition flat": lambda x: np.partition(x, 5, axis=None),
    "median": lambda x: np.median(x),
    "median odd": lambda x: np.median(x, axis=0),
    "median even": lambda x: np.median(x, axis=1),
    "median kept": lambda x: np.median(x, axis=1, keepdims=True),
    "quantile": lambda x: np.quantile(x, 0.3),
    "quantile of rows": lambda x: np.quantile(x, [0.0, 0.25, 0.9, 1.0], axis=1),
    "quantile kept": lambda x: np.quantile(x, 0.6, axis=0, keepdims=True),
    "percentile": lambda x: np.percentile(x, [10, 77.5], axis=1),
    "quantile of one": lambda x: np.quantile(x[:, :1], 0.3, axis=1),
    "quantile lower": lambda x: np.quantile(x, 0.3, axis=1, method="lower"),
    **{
        f"quantile {name}": partial(quantile_by, name)
        for name in (
            "linear",
            "interpolated_inverted_cdf",
            "hazen",
            "weibull",
            "median_unbiased",
            "normal_unbiased",
            "inverted_cdf",
            "averaged_inverted_cdf",
            "closest_observation",
            "higher",
            "nearest",
            "midpoint",
        )
    },
    "matmul": lambda x: x @ x.T,
    "row by matrix": lambda x: x[0] @ x.T,
    "matrix by column": lambda x: x @ x[1],
    "row by column": lambda x: x[0] @ x[1],
    "stack by matrix": lambda x: T @ x.T,
    "matrix by stack": lambda x: x @ np.swapaxes(T, 1, 2),
    "stack by stack": lambda x: (T * x) @ np.swapaxes(T, 1, 2),
    "nothing to sum": lambda x: x[:, :0] @ x[:, :0].T + x[0, 0],
    "dot": lambda x: np.dot(x, x.T),
    "dot of numbers": lambda x: np.dot(2.0, x),
    "dot of a stack": lambda x: np.dot(x, np.swapaxes(T, 1, 2)),
    "inner": lambda x: np.inner(x, T),
    "inner of a number": lambda x: np.inner(x, 3.0),
    "vdot": lambda x: np.vdot(x, x**2),
    "outer": lambda x: np.outer(x[0], x[:, 1]),
    "kron": lambda x: np.kron(x[:2, :2], x),
    "tensordot": lambda x: np.tensordot(T, x.T, axes=1),
    "tensordot of two": lambda x: np.tensordot(T, x, axes=2),
    "tensordot of none": lambda x: np.tensordot(x[0], x[1], axes=0),
    "tensordot of named": lambda x: np.tensordot(x, T, axes=([0], [1])),
    "tensordot of one axis": lambda x: np.tensordot(x, T, axes=(1, -1)),
    "tensordot of all": lambda x: np.tensordot(x, x, axes=([0, 1], [0, 1])),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "einsum trace": lambda x: np.einsum("ii", x[:, :3]),
    "einsum implicit": lambda x: np.einsum("ij,jk", x, x.T),
    "einsum dots": lambda x: np.einsum("...j,j->...", T * x, V),
    "einsum of three": lambda x: np.einsum("ij,jk,k->i", x, x.T, x[:, 0]),
    "solve": lambda x: np.linalg.solve(M, x),
    "solve by x": lambda x: np.linalg.solve(x[:, :3] + 5 * np.eye(3), x[:, 3]),
    "solve of many": lambda x: np.linalg.solve(x[:, :3] + 5 * np.eye(3), x),
    "inv": lambda x: np.linalg.inv(x[:, :3] + 5 * np.eye(3)),
    "solve of a stack": lambda x: np.linalg.solve(np.stack([M, 2 * M]) + x[0, 0], np.stack([x, x**2])),
    "det": lambda x: np.linalg.det(x[:, :3]),
    "slogdet": lambda x: np.linalg.slogdet(x[:, :3])[1],
    "norm": lambda x: np.linalg.norm(x),
    "norm of rows": lambda x: np.linalg.norm(x, axis=1),
    "norm 1": lambda x: np.linalg.norm(x[0], 1),
    "norm inf": lambda x: np.linalg.norm(x[0], np.inf),
    "norm 3": lambda x: np.linalg.norm(x[0], 3),
    "matrix norm 1": lambda x: np.linalg.norm(x, 1),
    "matrix power": lambda x: np.linalg.matrix_power(x[:, :3], 3),
    "roll": lambda x: np.roll(x, 1, axis=1) * X,
    "flip": lambda x: x[::-1, ::-1] * X,
    "diff": lambda x: np.diff(x, axis=1),
    "diff twice": lambda x: np.diff(x, n=2),
    "where": lambda x: np.where(MASK, x, x**2),
    "select": lambda x: np.select([MASK, X < -2], [x, 2 * x], 7.0),
    "pad": lambda x: np.pad(x, 1),
    "tile": lambda x: np.tile(x[0], 2),
    "repeat": lambda x: np.repeat(x, 2, axis=1),
    "stack": lambda x: np.stack([x, 2 * x], axis=1),
    "concatenate": lambda x: np.concatenate([x, x[:, :1]], axis=1),
    "diag": lambda x: np.diag(x[0], 1),
    "triu": lambda x: np.triu(x, 1),
    "tril": lambda x: np.tril(x, -1),
    "take": lambda x: np.take(x, [2, 0], axis=1),
    "cross": lambda x: np.cross(x[:, :3], x[:, 1:]),
    "interp": lambda x: np.interp([0.5, 1.75], [0.0, 1.0, 2.0], x[:, 0]),
    "trapezoid": lambda x: np.trapezoid(x, dx=0.5, axis=1),
    "gradient": lambda x: np.gradient(x[0], 0.5),
    "convolve": lambda x: np.convolve(x[0], x[1]),
    "convolve same": lambda x: np.convolve(x[0], x[1][:3], "same"),
    "correlate": lambda x: np.correlate(x[0], x[1], "full"),
    "polyval": lambda x: np.polyval(x[0], 0.5),
    "nansum": lambda x: np.nansum(x, axis=0),
    "nanmean": lambda x: np.nanmean(x, axis=1),
    "logaddexp2": lambda x: np.logaddexp2(x, 1.0),
    "fmod": lambda x: np.fmod(x, 0.77),
    "mod": lambda x: np.mod(x, -0.77),
    "floor divide": lambda x: (x // 0.77) * x,
    "copysign": lambda x: np.copysign(x, -1.0),
    "heaviside": lambda x: np.heaviside(x, 0.5) * x,
    "sign": lambda x: np.sign(x) * x,
    "hypot": lambda x: np.hypot(x, x[0]),
    "arctan2": lambda x: np.arctan2(x, x[0]),
    "fabs": lambda x: np.fabs(x),
    "round": lambda x: np.round(x + 0.1) * x,
    "finite": lambda x: np.isfinite(x) * x,
    "nan": lambda x: np.where(np.isnan(x), 0, x),
    "inf": lambda x: np.where(np.isinf(x), 0, x),
    "signbit": lambda x: np.where(np.signbit(x), 2 * x, x),
    "square": lambda x: np.square(x),
    "cbrt": lambda x: np.cbrt(x),
    "power": lambda x: (x**2 + 1) ** x[0],
    "reduce": lambda x: np.add.reduce(x, axis=1),
    "accumulate": lambda x: np.multiply.accumulate(x, axis=1),
    "outer add": lambda x: np.add.outer(x[0], x[1]),
    "maximum reduce": lambda x: np.maximum.reduce(x),
    "cumulative from": lambda x: np.cumsum(np.concatenate([[0.0], x[0]])),
}


@pytest.mark.parametrize("name", CALLS)
def test_values_and_shapes_are_numpys_and_slopes_those_of_differences(name):
    f = CALLS[name]
    expected = np.asarray(f(X))
    (got,), _ = run_values(f, X, RunSettings(192))
    assert got.shape == expected.shape
    values = np.array([float(cell.ball.mid()) for cell in got.ravel()])
    assert values == pytest.approx(expected.ravel(), rel=1e-12, abs=1e-12)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, expected.shape)
    direction = np.random.default_rng(2).uniform(-1, 1, X.shape)
    _, gradient = certified_gradient(lambda x: np.sum(weights * f(x)), X)
    slope = lambda h: np.sum(weights * (np.asarray(f(X + h * direction)) - np.asarray(f(X - h * direction)))) / (2 * h)
    by_differences = (4 * slope(1e-4) - slope(2e-4)) / 3
    assert np.sum(gradient.mid * direction) == pytest.approx(by_differences, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize(
    "name", ["sum of one axis", "matmul", "prod", "var", "dot of a stack", "einsum of three", "cumsum", "mean"]
)
def test_the_rounding_of_sums_and_products_holds_what_floats_do_and_not_a_thousand_times_as_much(name):
    f, form = CALLS[name], RunFormat.of(np.float32)
    (got,), _ = run_values(f, X, form.settings(midpoint=True))
    short = np.asarray(f(X.astype(np.float32)), dtype=np.float64)
    for cell, value, true in zip(got.ravel(), short.ravel(), np.asarray(f(X)).ravel(), strict=True):
        radius = float(cell.ball.rad())
        assert abs(value - true) <= radius + 2.0**-24 * abs(true) and (radius >= 2.0**-26 or value == true) and radius <= 1e-4


def test_a_sum_is_rounded_by_as_many_units_as_it_has_terms():
    u = 2.0**-53
    (got,), _ = run_values(lambda x: np.sum(x), np.array([1.0, -2.0, 4.0]), RunSettings(192, unit=u))
    assert float(got.item().ball.rad()) == pytest.approx(3 * u * 7, rel=1e-6)
    (got,), _ = run_values(lambda x: x @ x, np.array([1.0, -2.0, 4.0]), RunSettings(192, unit=u))
    assert 3 * u * 21 <= float(got.item().ball.rad()) <= 6 * u * 21
    outcome = run(lambda x: np.sum(x * x), np.array([1.0, 2.0]), RunSettings(192, unit=u))
    assert outcome.steps == 6 and [float(g.mid()) for g in outcome.gradient] == [2, 4]


def test_every_leaf_of_a_result_is_there():
    found, _ = run_values(lambda x: {"a": x[0], "b": [x, 2 * x]}, np.array([1.0, 2.0]), RunSettings(192))
    assert [part.shape for part in found] == [(), (2,), (2,)] and len(list(leaves({"a": 1, "b": [1, 2]}))) == 3
