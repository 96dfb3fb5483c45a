"""More options of NumPy's functions on balls: values and shapes are NumPy's own, slopes those of differences."""

import numpy as np
import pytest

from tests.gradcheck.certified.oracle import agrees_with_floats, listed

X = np.array([[1.5, -2.25, 0.75, 3.125], [0.5, 4.5, -1.125, 2.625], [-3.5, 1.25, 2.125, -0.375]])
T = np.arange(24.0).reshape(2, 3, 4) * 0.375 - 3 + np.sin(np.arange(24.0)).reshape(2, 3, 4)
W, C = np.array([1.0, 2.0, 0.5, 1.5]), np.array([0.5, 2.0, 1.25])
MASK, GAPS = X > 0, np.where(X > 2, np.nan, 0.0)
ZEROS = np.array([1.0, 0.0, 0.0, 1.0])
SQUARE = X[:, :3] + 4 * np.eye(3)


def written(shape, function):
    """What a function writes into the array that it is given."""
    out = np.zeros(shape)
    returned = function(out)
    assert returned is out
    return out


def changed(x, function):
    """What a function makes of its first argument."""
    target = x * 1.0
    assert function(target) is None
    return target


def gaps(x):
    """The same numbers, with NaN in some places."""
    return np.where(np.isnan(GAPS), np.nan, x)


SUMS = {
    "sum into": lambda x: written(4, lambda out: np.sum(x, axis=0, out=out)),
    "sum, axes from the end": lambda x: np.sum(x * T, axis=(-1, 0)),
    "sum of three axes": lambda x: np.sum(x * T, axis=(2, 0, 1)),
    "sum kept, of two": lambda x: np.sum(x * T, axis=(0, 2), keepdims=True),
    "sum kept, of all": lambda x: np.sum(x, keepdims=True),
    "sum of a number": lambda x: np.sum(x[0, 1]) + x[1, 2].sum(),
    "sum from an array": lambda x: np.sum(x, axis=1, initial=x[0, 0], keepdims=True),
    "sum where, broadcast": lambda x: np.sum(x, axis=0, where=[True, False, True, True]),
    "sum where nothing": lambda x: np.sum(x, axis=1, where=np.zeros((3, 1), dtype=bool)) + x[:, 0],
    "sum of masks": lambda x: np.sum(x > 0, axis=1) * x[:, 0] + (x > 1).sum() * x[:, 1],
    "sum in a type": lambda x: np.sum(x, axis=0, dtype=np.float64),
    "mean into": lambda x: written(3, lambda out: np.mean(x, 1, None, out)),
    "mean of masks": lambda x: np.mean(x > 0, axis=1) * x[:, 0] + (x > 1).mean() * x[:, 1],
    "mean of axes": lambda x: np.mean(x * T, axis=(1, -1)),
    "mean kept": lambda x: x - x.mean(axis=-1, keepdims=True),
    "prod where from": lambda x: np.prod(x, axis=0, where=MASK, initial=2.0),
    "prod of axes": lambda x: np.prod(x[:2, :2] * T[:, :2, :2], axis=(0, 1)),
    "prod kept into": lambda x: written((3, 1), lambda out: np.prod(x, axis=1, keepdims=True, out=out)),
    "var into": lambda x: written(4, lambda out: np.var(x, axis=0, out=out)),
    "var of axes": lambda x: np.var(x * T, axis=(0, 2), ddof=2, keepdims=True),
    "var by the mean": lambda x: np.var(x, axis=1, mean=np.mean(x, axis=1, keepdims=True)),
    "std into": lambda x: written(3, lambda out: np.std(x, axis=-1, ddof=1, out=out)),
    "std of all, kept": lambda x: np.std(x, keepdims=True),
    "std corrected": lambda x: np.std(x, axis=0, correction=1),
    "std where": lambda x: np.std(x, axis=0, where=X > -2),
    "std, half a degree": lambda x: x.std(ddof=0.5) + x.var(1, ddof=1.5),
    "average of rows": lambda x: np.average(x, axis=0, weights=C),
    "average from the end": lambda x: np.average(x * T, axis=-2, weights=C),
    "average by x": lambda x: np.average(T, axis=1, weights=x[:, 0] + 5),
    "average by a matrix": lambda x: np.average(x, axis=1, weights=X**2),
    "average by a matrix, of all": lambda x: np.average(x, weights=X**2, keepdims=True),
    "average plain, kept": lambda x: np.average(x, axis=0, keepdims=True),
    "average returned of all": lambda x: np.average(x, returned=True)[0] + 0 * x[0],
    "cumsum into": lambda x: written((3, 4), lambda out: np.cumsum(x, axis=-2, out=out)),
    "cumsum of three axes": lambda x: np.cumsum(x * T, axis=1),
    "cumprod flat": lambda x: np.cumprod(x[:, :2]),
    "cumprod into": lambda x: written((3, 4), lambda out: np.cumprod(x, axis=1, out=out)),
    "cumsum of one": lambda x: np.cumsum(x[:1], axis=0) + np.cumsum(x[0, 0]),
    "cov of frequencies alone, biased": lambda x: np.cov(x, fweights=[1, 2, 3, 1], bias=True),
    "cov of weights, ddof": lambda x: np.cov(x, aweights=W, ddof=2),
    "cov of both": lambda x: np.cov(x, fweights=[2, 1, 1, 3], aweights=W),
    "cov of a column": lambda x: np.cov(x[:, :1], rowvar=False) + np.cov(x[0], rowvar=False),
    "cov, y beside": lambda x: np.cov(x[:2], x[2]),
    "cov of columns beside": lambda x: np.cov(x[:, :2], x[:, 2:] ** 2, rowvar=False, ddof=0),
    "corrcoef of columns": lambda x: np.corrcoef(x[:, 0], x[:, 1], rowvar=False),
    "trace below": lambda x: np.trace(x, -1) + x.trace(2),
    "trace of other axes": lambda x: np.trace(x * T, axis1=2, axis2=0),
    "ptp of axes, into": lambda x: written(4, lambda out: np.ptp(x, axis=0, out=out)),
    "ptp of all": lambda x: np.ptp(x) + np.ptp(x, axis=(0, 1)),
    "what NumPy hands on for nothing": lambda x: (
        np.max(x, axis=0, initial=np._NoValue, keepdims=np._NoValue) + np.sum(x, axis=0, initial=np._NoValue)
    ),
    "max of axes": lambda x: np.max(x * T, axis=(0, -1), keepdims=True),
    "max into": lambda x: written(3, lambda out: np.max(x, axis=1, out=out)),
    "min into, from": lambda x: written(3, lambda out: np.min(x, axis=1, out=out, initial=-1.0)),
    "max where, from": lambda x: np.max(x, axis=0, where=X < 2, initial=-1.0) + np.amax(x, 0),
    "min of masks": lambda x: np.min(x, where=X < 2, initial=0.25) + np.amin(x, axis=1),
    "clip into": lambda x: written((3, 4), lambda out: np.clip(x, -1.0, 1.75, out=out)),
    "clip between x": lambda x: np.clip(T, x - 1, x + 1),
    "clip, a type": lambda x: np.clip(x, -1, 2, dtype=np.float64),
    "argmax kept": lambda x: x * np.argmax(x, axis=1, keepdims=True) + np.argmin(x, axis=0, keepdims=True) * x,
    "argmin of all": lambda x: x * np.argmin(x) + x.argmax() + x.argmax().size,
    "all, any": lambda x: np.all(x > -4) * x + np.any(x > 4, axis=0) * x + np.all(x > -3, axis=1, keepdims=True) * x,
    "any where": lambda x: x * np.any(x > 2, axis=1, keepdims=True, where=X < 3) + x.all() + x.any(),
    "counts": lambda x: x * np.count_nonzero(x > 1, axis=0) + np.count_nonzero(x) + np.count_nonzero(x, axis=1, keepdims=True),
    "nonzero": lambda x: x[np.nonzero(x > 1)] * x[x > 1].sum() + x[x > 1][np.argwhere(x > 1)[:, 1] % 2],
    "flatnonzero": lambda x: x.ravel()[np.flatnonzero(x > 1)] + x[np.where(x > 1)],
    "close": lambda x: x * np.isclose(x, X + 1.0, atol=1.1) + np.isclose(x, [1.6, 5.0, 0.7, 2.0], rtol=0.1, atol=0.05) * 3 * x,
    "close by much": lambda x: x * np.allclose(x, X * 1.01, rtol=0.05) + np.allclose(x, X + 0.1, atol=0.05, rtol=0) * x,
    "equal": lambda x: x * np.array_equal(x, x.copy()) + 2 * np.array_equal(x, X[:2]) + 3 * np.array_equal(x, X + 1) * x,
}
ORDERS = {
    "sort of three axes": lambda x: np.sort(x * T, axis=1),
    "sort in place": lambda x: changed(x, lambda a: a.sort(axis=0)),
    "sort in place, a row": lambda x: changed(x[0], lambda a: a.sort()),
    "sort in place, last": lambda x: changed(x, lambda a: a.sort()),
    "argsort of all": lambda x: x.ravel()[np.argsort(x, axis=None)],
    "argsort of ties": lambda x: x.ravel() * np.argsort(np.round(x, -1), axis=None, kind="stable"),
    "argsort, a method": lambda x: x.argsort(axis=-2) * x,
    "partition of several": lambda x: np.partition(x, (1, 2), axis=-1),
    "median of axes": lambda x: np.median(x * T, axis=(0, 2)),
    "median kept, of axes": lambda x: np.median(x * T, axis=(1, 2), keepdims=True),
    "median into": lambda x: written(4, lambda out: np.median(x, axis=0, out=out)),
    "median of one, two": lambda x: np.median(x[:1], axis=0) + np.median(x[:2], axis=0),
    "quantile of a matrix of levels": lambda x: np.quantile(x, [[0.1, 0.5], [0.7, 1.0]], axis=0),
    "quantile into": lambda x: written((2, 3), lambda out: np.quantile(x, [0.2, 0.9], axis=1, out=out)),
    "quantile at x": lambda x: np.quantile(X, x[1, 0] / 3 + 0.1, axis=1),
    "quantile of axes": lambda x: np.quantile(x * T, 0.35, axis=(0, 2), keepdims=True),
    "quantile at the ends": lambda x: np.quantile(x, [0.01, 0.99], axis=1, method="weibull"),
    "quantile at the ends, hazen": lambda x: np.quantile(x, [0.0, 0.1, 0.125, 0.875, 1.0], axis=1, method="hazen"),
    "percentile kept": lambda x: np.percentile(x, 62.5, axis=1, keepdims=True),
    "percentile higher": lambda x: np.percentile(x, [30, 60], axis=1, method="higher"),
    "nanpercentile": lambda x: np.nanpercentile(gaps(x), [25, 70], axis=1),
    "nanquantile": lambda x: np.nanquantile(gaps(x), 0.3, axis=0, keepdims=True),
    "unique": lambda x: listed(np.unique(np.stack([x[0], x[0], x[1]]), True, True, True)),
    "unique alone": lambda x: np.unique(np.concatenate([x[0], x[0][::-1], x[1]])),
    "unique, counts": lambda x: np.unique(np.stack([x[0], x[0], x[1]]), return_counts=True)[1] * x[0, 0],
    "searchsorted": lambda x: (
        x * np.searchsorted(np.sort(x[0]), X + 0.1) + np.searchsorted(np.sort(x[0]), x[0, 1], "right") * x
    ),
    "searchsorted at ties": lambda x: (
        x * np.searchsorted([-2.0, 0.4, 0.7, 1.6], x) + x[0, 0] * np.searchsorted([0.0, 1.0], [1.0, 2.0, -1.0, 0.0])
    ),
    "digitize": lambda x: x * np.digitize(x, [-1.0, 0.3, 2.0]) + np.digitize(x, [-1.0, 2.0], right=True),
    "digitize at an edge": lambda x: (
        x * np.digitize([x[0, 0], 0.8], np.sort(x[0])).sum() + x * np.digitize([x[0, 0]], x[0, :1], right=True)
    ),
    "digitize, one bin": lambda x: x * np.digitize(x, [0.7]),
    "bincount": lambda x: np.bincount([0, 2, 2, 5], weights=x[0]) * np.bincount([1, 1, 3], weights=x[:, 0], minlength=6),
    "interp beside": lambda x: np.interp([-9.0, 0.0, 0.25, 3.5, 9.0], [0.0, 1.0, 2.0, 3.5], x[0]),
    "interp, left and right": lambda x: np.interp(
        [-9.0, 0.25, 9.0], [0.0, 1.0, 2.0, 3.5], x[0], left=x[1, 0], right=x[1, 1] * 2
    ),
    "interp at x": lambda x: np.interp(x, [-3.0, -1.0, 0.0, 2.0, 4.0], [1.0, 3.0, -2.0, 0.5, 7.0]),
    "interp at knots": lambda x: np.interp([0.0, 1.0, 2.0, 3.5], [0.0, 1.0, 2.0, 3.5], x[0]),
    "interp by x": lambda x: np.interp(0.5, np.sort(x[0]), x[1]) + np.interp(2.0, np.sort(x[0]), x[1]),
    "interp, periodic": lambda x: np.interp([-7.0, 0.25, 3.2, 9.0], [0.0, 3.0, 1.0, 2.0], x[0], period=3.5),
    "interp, periodic at x": lambda x: np.interp(x, [5.1, 0.6, 2.2], x[:, 0], period=-4.0),
}
MISSING = {
    "nansum": lambda x: np.nansum(gaps(x)) + np.nansum(np.where([True] * 4, np.nan, x), axis=1),
    "nansum kept": lambda x: np.nansum(gaps(x), axis=1, keepdims=True),
    "nanprod": lambda x: np.nanprod(gaps(x), axis=0) + np.nanprod(np.where([True] * 4, np.nan, x), axis=0),
    "nanmean": lambda x: np.nanmean(gaps(x), axis=0),
    "nanvar": lambda x: np.nanvar(gaps(x), axis=1, ddof=1),
    "nanstd": lambda x: np.nanstd(gaps(x), axis=1, keepdims=True) + np.nanstd(gaps(x), ddof=1),
    "nanmax": lambda x: np.nanmax(gaps(x), axis=1) + np.nanmin(gaps(x), axis=1),
    "nanmax of all": lambda x: np.nanmax(gaps(x)) * np.nanmin(gaps(x), axis=0, keepdims=True),
    "nanmedian": lambda x: np.nanmedian(gaps(x), axis=1) * np.nanmedian(gaps(x)),
    "nancumsum": lambda x: np.nancumsum(gaps(x), axis=1) * np.nancumprod(gaps(x), axis=0),
    "nancumsum flat": lambda x: np.nancumsum(gaps(x)) + np.nancumprod(gaps(x / 2)),
    "nanargmax": lambda x: x * np.nanargmax(gaps(x), axis=0) + np.nanargmin(gaps(x), axis=1, keepdims=True) * x,
    "nanargmax of all": lambda x: np.nanargmin(gaps(x)).size + x * np.nanargmax(gaps(x)) + x**2 * np.nanargmin(gaps(x)),
    "nan_to_num": lambda x: np.nan_to_num(gaps(x)) + np.nan_to_num(gaps(x), nan=2.5),
    "not in place": lambda x: changed(gaps(x), lambda a: None if np.nan_to_num(a, nan=3.0).all() else a)[:, :1],
    "nan_to_num by x": lambda x: np.nan_to_num(gaps(x), nan=x[0, 0]),
    "infinities": lambda x: np.nan_to_num(np.where(X > 3, np.inf, np.where(X < -3, -np.inf, x)), posinf=1.5, neginf=x[0, 0]),
    "infinities as they are": lambda x: np.nan_to_num(np.where(X > 3, np.inf, np.where(X < -3, -np.inf, x))) / 1e308,
    "in place": lambda x: changed(gaps(x), lambda a: None if np.nan_to_num(a, copy=False, nan=1.5) is a else a),
    "isnan of infinity": lambda x: (
        x * np.isnan(np.where(X > 3, np.inf, np.where(X < -3, -np.inf, x))) + np.isinf(np.where(X > 3, np.inf, x))
    ),
    "finite and not": lambda x: x * np.isfinite(np.where(X > 3, np.inf, x)) + 2 * np.isnan(np.where(X > 3, np.nan, x)),
    "isnan": lambda x: np.where(np.isnan(gaps(x)), 1.0, x) * (1 + np.isfinite(gaps(x)) + 2 * np.isinf(gaps(x))),
}
ARRAYS = {
    "zeros": lambda x: np.zeros_like(x) + np.ones_like(x, dtype=float) * x + np.full_like(x, 2.5) * x,
    "shapes like": lambda x: np.ones_like(x, shape=(2, 2)) * x[0, 0] + np.full_like(x, x[1, 1], shape=(2, 1)),
    "integers like": lambda x: x * np.ones_like(x, dtype=int) + np.zeros_like(x, dtype=bool) + np.empty_like(x, dtype=int).size,
    "empty like": lambda x: changed(np.empty_like(x), lambda a: a.fill(x[0, 1])),
    "full": lambda x: np.full((2, 2), x[0, 0]) * np.full(2, 3) + np.full((2, 1), 0.5) + np.full((2, 2), [x[0, 1], 2.0]),
    "integers everywhere": lambda x: np.full(4, 3) // 2 * x + np.full(4, 7, dtype=int) // 2 + np.ones(4, dtype=int) // 2,
    "linspace": lambda x: np.linspace(x[0], 2.0, 3, endpoint=False) + np.linspace(x[0, 0], x[1], 3),
    "linspace of one": lambda x: np.linspace(x[0, 0], x[1, 1], 1) + np.linspace(0.0, x[0, 1], 1, endpoint=False),
    "logspace": lambda x: np.logspace(x[0] / 4, 0.5, 3, base=2.5) + np.logspace(0, x[1] / 4, 3, endpoint=False),
    "geomspace": lambda x: np.geomspace(x[0] ** 2, 8.0, 4) + np.geomspace(2.0, x[1] ** 2 + 1, 4, endpoint=False),
    "geomspace of one": lambda x: np.geomspace(x[0, 0], 9.0, 1) + np.geomspace(x[0, 0], x[1, 0], 5),
    "arrays of lists": lambda x: np.array([[x[0, 0], 2.0], [x[1, 1] ** 2, x[0, 1]]]) @ np.asarray([x[0, 2], 1.0]),
    "ndmin": lambda x: np.array(x[0], ndmin=2) * np.array(x[0, 0], ndmin=3) + np.array([1.0, 2.0, x[0, 0], 4], ndmin=2),
    "copies": lambda x: changed(x, lambda a: np.array(a).fill(0.0)) + changed(x, lambda a: np.asarray(a).fill(2.0)),
    "copies in another type": lambda x: changed(x, lambda a: np.asarray(a, dtype=np.float32).fill(2.0)),
    "no copy in its own": lambda x: changed(x, lambda a: np.asarray(a, dtype=np.float64).fill(2.0)) * x,
    "no copies": lambda x: changed(x, lambda a: np.array(a, copy=False).fill(0.5) if False else np.asanyarray(a).fill(0.5)),
    "types": lambda x: np.asarray(x, dtype=np.float64) * np.array(x, dtype=float).ndim + np.asarray(x > 1, dtype=float),
    "as numbers": lambda x: (x > 1).astype(float) * x + np.array(x > 1) * x + np.asarray([1, 2, 3, 4]) * x,
    "fromiter": lambda x: np.fromiter((v * v for v in x[0]), float) + np.fromiter(iter(x[1]), np.float64, count=4),
    "fromiter, some": lambda x: np.fromiter((v * v for v in x[0]), float, 2) + np.fromiter(range(2), int).sum(),
    "nditer": lambda x: sum(float(k) * v for k, v in enumerate(np.nditer(x))) + sum(v * v for v in np.nditer(x.T)),
    "r_, c_": lambda x: np.r_[x[0], 1.0, x[1, 0], [2.0, 3.0]] + np.c_[x[0], x[1]].ravel(order="F")[1:8].sum(),
    "eye": lambda x: np.eye(3, 4, 1) * x + np.identity(3)[:, :1] + changed(np.eye(3), lambda a: a.fill(x[0, 0]))[:, :1],
    "indices": lambda x: (
        x[np.tril_indices_from(x)][:6] + x[np.triu_indices_from(x, 1)] + x[:3, :3][np.diag_indices_from(x[:3, :3])][0]
    ),
    "tril, triu": lambda x: x[np.tril_indices_from(x, -1)] + x[np.triu_indices_from(x, 2)],
    "flat": lambda x: changed(x, lambda a: a.flat.__setitem__(slice(1, 3), x[0, 3])) + sum(x.flat) + x.flat[2] + len(x.flat),
    "flat, one after the other": lambda x: x * next(x.flat) + (lambda flat: next(flat) + 2 * next(flat))(x.flat),
    "flat, all at once": lambda x: changed(x, lambda a: setattr(a, "flat", x[1])) + next(iter(x.flat)),
    "fill": lambda x: changed(x, lambda a: a[1:].fill(x[0, 0] ** 2)),
    "masked": lambda x: (
        changed(x, lambda a: a.__setitem__(MASK, 0.0)) + changed(x, lambda a: a.__setitem__(X > 2, a[X > 2] ** 2))
    ),
    "one entry": lambda x: (
        changed(x, lambda a: a.__setitem__((0, 0), x[1, 1] * 2)) + changed(x, lambda a: a.__setitem__((1, 1), 5))
    ),
    "rows": lambda x: (
        changed(x, lambda a: a.__setitem__(0, [1.0, x[0, 0], 3, x[1, 1]])) + changed(x, lambda a: a.__setitem__(1, 2))
    ),
    "put": lambda x: changed(x, lambda a: np.put(a, [0, 5], [x[1, 1], 2.0])) + changed(x, lambda a: np.putmask(a, MASK, x**2)),
    "place": lambda x: (
        changed(x, lambda a: np.place(a, MASK, [x[0, 0], 2.5])) + changed(x, lambda a: np.copyto(a, x[0], where=MASK))
    ),
    "along an axis": lambda x: changed(x, lambda a: np.put_along_axis(a, np.array([[0], [1], [2]]), x[:, :1] * 3, axis=1)),
    "a diagonal": lambda x: (
        changed(x[:, :3], lambda a: np.fill_diagonal(a, x[0, 3])) + changed(x[:, :3], lambda a: np.fill_diagonal(a, val=2.0))
    ),
    "by name": lambda x: changed(x, lambda a: np.put(a, [1], v=x[0, 0])) + changed(x, lambda a: np.copyto(a, src=x[1])),
    "float16": lambda x: x.astype(np.float64, copy=False) * 2 + x.astype(float) + x.astype("f8").size,
    "bool": lambda x: x * x.astype(bool) + (x - 1).astype(np.bool_) * x[0],
    "integers": lambda x: x * np.array([2.0, 3.0, 1.0, 0.0]).astype(int) + np.zeros(4).astype(np.int32),
    "along": lambda x: np.apply_along_axis(lambda r, k: r[:2] * k, 1, x, 3.0) + np.apply_over_axes(np.sum, x, [0])[:, :2],
    "piecewise": lambda x: np.piecewise(x, [X < -1, X > 2], [lambda v: v**2, 3.0, lambda v: -v]),
    "gradient": lambda x: np.gradient(x, axis=0) + np.gradient(x, 2.0, [0.0, 1.0, 3.0, 4.0])[1],
    "gradient of the second order": lambda x: np.gradient(x, axis=1, edge_order=2),
    "choose": lambda x: np.choose([0, 1, 2, 0], [x[0], x[1], x[2]]) + np.select([MASK[0]], [x[0]], x[1]),
    "broadcasts": lambda x: np.broadcast_to(x[0], (3, 4)) * np.broadcast_arrays(x[:, :1], x)[0],
    "kinds": lambda x: x * (np.result_type(x, 1.0) == np.float64) + np.isrealobj(x) + 2 * np.iscomplexobj(x) + np.isreal(x),
    "common type": lambda x: x * (np.common_type(x) == np.float64) + np.real(x) * np.size(x) + np.imag(x),
    "names of types": lambda x: x * (x.dtype.type == np.float64) + {type(0.5 * len(x)): 2.0, np.float64: 3}[float] * x,
    "real parts": lambda x: changed(np.real(x), lambda a: a.fill(1.0)) + x.real + x.imag + x[0, 0].real + x[0, 0].imag,
    "real if close": lambda x: np.real_if_close(x) + x.conj() + x.conjugate() + np.conj(x) + x[0, 0].conj(),
    "where alone": lambda x: x[np.where(X > 1)] + np.where(True, x[X > 1], 0.0),
}
ENTRIES = {
    "round": lambda x: np.round(x * 1.03, 1) * x + np.around(x * 1.03, decimals=-1) * x + (x * 1.03).round(1),
    "round into": lambda x: written((3, 4), lambda out: np.round(x * 1.01, 0, out)),
    "fix": lambda x: np.fix(x * 1.01) * x + np.trunc(x * 1.01) * x,
    "sinc": lambda x: np.sinc(x) + np.i0(x) * np.sinc(0.25),
    "floor": lambda x: x * np.floor(x * 1.01) + np.ceil(x * 1.01) * x + np.rint(x * 1.01) * x,
    "half to even": lambda x: x * np.rint([0.5, 1.5, 2.5, -0.5]) + np.round([3.5, 4.5, -1.5, -2.5]) * x,
    "remainders": lambda x: np.remainder(x, [0.77, -0.77, 2.0, 5.0]) + np.fmod(x, [0.77, -0.77, 2.0, 5.0]),
    "remainders by x": lambda x: np.mod(X + 0.1, x) + np.fmod(X + 0.1, x) + (X + 0.1) // x,
    "divmod": lambda x: np.divmod(x, 0.77)[1] * np.divmod(x, 0.77)[0] + divmod(5.3, x[0, 0])[1] + divmod(x[0, 0], 0.4)[0],
    "logs": lambda x: np.logaddexp(x, x[0]) + np.logaddexp2(1.0, x) + np.log2(np.abs(x)) + np.log10(x**2) + np.log1p(x**2),
    "a mask by its logarithm": lambda x: np.exp(x + np.log(ZEROS)) + np.exp2(x + np.log2(ZEROS)) + 10 ** (x + np.log10(ZEROS)),
    "heaviside": lambda x: np.heaviside(x, x[0]) * x + np.heaviside(0.0, x) + np.heaviside(np.zeros(4), 0.5),
    "copysign": lambda x: np.copysign(x, [-1.0, 1.0, -2.0, 3.0]) + np.copysign(2.0, x) * x,
    "powers": lambda x: np.power(x, [1, 2, 0, 3]) + x**-2 + (x**2) ** 0.5 + np.float_power(x**2, 1.5) + x**2.0,
    "powers of numbers": lambda x: 2.0**x + np.power(3.0, x) + (-2.0) ** np.array([1, 2, 3, 0]) * x + (x**2) ** x[0],
    "powers of zero": lambda x: x**0 + (x - X + 1.0) ** 1 + x * np.power(0.0, [0, 1, 2, 3]),
    "ldexp": lambda x: np.ldexp(x, [1, -2, 0, 3]) + np.square(x) + np.reciprocal(x) + np.positive(x) + np.negative(x),
    "fmax": lambda x: np.fmax(x, x[0] + 0.5) + np.fmin(x, 1.0) + np.maximum(x, 0.3) * np.minimum(0.2, x),
    "angles": lambda x: np.arctan2(x, [1.0, -2.0, 3.0, -1.0]) + np.deg2rad(x) + np.rad2deg(x) + np.degrees(x) * np.radians(x),
    "where and out": lambda x: (
        written((3, 4), lambda out: np.exp(x, where=MASK, out=out)) + np.multiply(x, 2, out=x * 1.0, where=~MASK)
    ),
    "types of ufuncs": lambda x: np.add(x, 1, dtype=np.float64, casting="same_kind", order="C", subok=False),
    "masks": lambda x: x * ((x > 0) & (x < 2)) + 2 * x * ((x > 3) | (x < -2)) + 3 * x * ((x > 0) ^ (x > 1)) + x * ~(x > 0),
    "logic": lambda x: x * np.logical_and(x, x > 1) + np.logical_or(x > 2, x - 1) * x + np.logical_not(x - 1) * x,
    "xor": lambda x: x * np.logical_xor(x > 0, x > 1) + x * ((x > 0) == (x > 1)) + 2 * x * ((x > 0) != (x > 2)),
    "signbit": lambda x: x * np.signbit(x) + np.sign(x) * x + (x != 1) * 5 + (x == 2) * x + (x <= 1) * x + (x < 2),
    "comparisons of numbers": lambda x: (
        x * (x[0, 0] > 1) + x * (np.float64(1) < x[0, 0]) * 2 + (x[0, 0] >= 2) + x * (x[0, 0] == 2.5) + (x[0, 0] != 2.5)
    ),
    "numbers": lambda x: (
        (1 - x[0, 0]) * x + (2 / x[0, 1]) - 3 * x[0, 2] + x[0, 0] // 0.4 + 7.3 % x[1, 0] + 9.1 // x[1, 1] + 2 ** x[0, 0]
    ),
    "numbers and arrays": lambda x: x[0, 0] + np.array([1.0, 2.0, 3.0, 4.0]) * x[0, 1] - (np.ones(4) - x[0, 2]) / x[1, 1],
    "methods of numbers": lambda x: (
        x[0, 0].sum()
        + x[0, 1].mean() * x[0, 0].reshape(1, 1)
        + x[0, 2].clip(0.1, 0.5)
        + x[0, 1].max()
        + x[1, 0].round(1)
        + x[0, 0].astype(float)
    ),
    "numbers as arrays": lambda x: (
        x[0, 0].ravel() + x[0, 1].flatten() * x[0, 2].squeeze() + x[0, 3].prod() + x[0, 0].min() * x[0, 1].std()
    ),
    "numbers with axes": lambda x: x[0, 0][None] * x[0, 1][..., None, None] + np.sum(x[0])[()] + x[0, 2][...],
    "texts of numbers": lambda x: (
        x * len("%.1f" % x[0, 0]) + len("%8.3f" % np.asarray(x[0, 0])) * x[0] + len(f"{np.float64(2):5}")  # noqa: UP031
    ),
    "truth of numbers": lambda x: (
        x * (2.0 if x[0, 0] else 3.0) + (not x[0, 1]) + bool(np.asarray(x[1, 1])) * x[0] + (x[0, 0] and x[1])
    ),
    "kinds of numbers": lambda x: (
        x * isinstance(x[0, 0], float) + 2 * isinstance(x[0, 0], np.float64) * x + isinstance(1, float) + isinstance(0.5, float)
    ),
    "more kinds of numbers": lambda x: (
        x * isinstance(2.5, np.float64) + isinstance(np.float64(1), float) * x + issubclass(np.float64, np.float64)
    ),
    "names of floats": lambda x: (
        x * float(x[0, 0])
        + float(np.asarray(x[0, 1]))
        + np.float64(x[1, 1]) * np.float64([1.0, x[0, 0], 2, 3])
        + float(2)
        + float("2.5")
    ),
    "no names at all": lambda x: x + 0.0 + np.float64() + np.float64(3) * np.float64("0.5") + np.float64(np.asarray(x[0, 0])),
    "a number to write into": lambda x: (
        np.add(np.array(0.5), x[0, 0], out=np.array(0.25)) * x + changed(np.array([2.0, 0.5]), lambda a: a.fill(x[0, 1])).sum()
    ),
    "built-in functions": lambda x: (
        x * abs(x[0, 1])
        + round(x[0, 3] * 1000.3, -2)
        + round(x[0, 3], 1)
        + round(x[1, 1] + 0.1)
        + round(x[0, 3] * 10.3, -1)
        + max(x[0]) * min(x[1])
        + sum(x[2])
    ),
    "methods of x": lambda x: (
        x.clip(-1.0, 2.0) * x.sum(axis=0)
        + x.prod()
        + x.cumsum(1)
        + x.cumprod(axis=0)
        + x.std()
        + x.var(0)
        + x.dot(np.ones(4))[:, None]
    ),
    "methods of x, orders": lambda x: (
        x.max(1) + x.min(axis=-1) + x.round(1).sum(1) * x.ptp(1) if hasattr(x, "ptp") else x.max(1) + x.min(axis=-1)
    ),
}
METHODS = {
    "reduce": lambda x: np.add.reduce(x) + np.multiply.reduce(x, axis=0) + np.maximum.reduce(x, axis=0) + np.minimum.reduce(x),
    "reduce, from": lambda x: np.add.reduce(x, axis=1, initial=2.0, keepdims=True) + np.add.reduce(x, axis=(0, 1)),
    "reduce, others": lambda x: np.logaddexp.reduce(x, axis=1) + np.subtract.reduce(x, axis=1) + np.hypot.reduce(x, axis=-1),
    "reduce along the first": lambda x: (
        np.logaddexp.reduce(x) * np.hypot.reduce(x) + np.subtract.reduce(x) + np.float_power.reduce(x[:1] ** 2)
    ),
    "accumulate along the first": lambda x: np.logaddexp.accumulate(x) * np.subtract.accumulate(x) + np.fmax.accumulate(x),
    "reduce of masks": lambda x: (
        x * np.logical_and.reduce(x > -2, axis=0) + np.logical_or.reduce(x > 3, axis=1, keepdims=True) * x
    ),
    "accumulate": lambda x: np.add.accumulate(x) + np.multiply.accumulate(x, axis=1) + np.maximum.accumulate(x, axis=1),
    "accumulate, others": lambda x: np.minimum.accumulate(x) + np.subtract.accumulate(x, axis=-1) + np.logaddexp.accumulate(x),
    "reduceat": lambda x: np.add.reduceat(x, [0, 2, 1], axis=0) * np.multiply.reduceat(x, [0, 1, 2]),
    "reduceat of columns": lambda x: np.maximum.reduceat(x, [1, 3, 0], axis=1) + np.logaddexp.reduceat(x, [0, 2, 2], axis=-1),
    "outer": lambda x: (
        np.subtract.outer(x[0], x[1:, :2])
        + np.multiply.outer(x[0, 0], x[1]).sum()
        + np.hypot.outer(x[0], [[1.0, 2.0]])[:, 0, 0].sum()
    ),
    "at": lambda x: (
        changed(x, lambda a: np.add.at(a, ([0, 0, 1], [1, 1, 2]), x[0, 0]))
        + changed(x, lambda a: np.multiply.at(a, [0, 0], x[1]))
    ),
    "at, one argument": lambda x: (
        changed(x, lambda a: np.negative.at(a, [1]))
        + changed(x, lambda a: np.subtract.at(a, (slice(None), 1), [1.0, x[0, 0], 3.0]))
    ),
    "at by a mask": lambda x: (
        changed(x, lambda a: np.add.at(a, MASK, 2.5)) + changed(x, lambda a: np.maximum.at(a, 0, x[1] - 0.1))
    ),
}


TABLES = {"sums": SUMS, "orders": ORDERS, "missing": MISSING, "arrays": ARRAYS, "entries": ENTRIES, "methods": METHODS}


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")  # of a mask by its logarithm
@pytest.mark.parametrize(("table", "name"), [(table, name) for table, rows in TABLES.items() for name in rows])
def test_values_and_shapes_are_numpys_and_slopes_those_of_differences(table, name):
    agrees_with_floats(TABLES[table][name], X)
