"""Unmodified code, function by function: the certified witness decides, tightly, and agrees with an independent derivative."""

import functools
import math
from math import exp as naked_exp

import mpmath
import numpy as np
import pytest
from numpy import zeros as naked_zeros

from gradcheck.functions.enclosed_gradient import certified_gradient

X = np.array([0.3, -0.7, 1.25, 0.5])
P = np.array([0.3, 0.7, 1.25, 0.5])  # positive
M = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [0.7, -0.6, 3.0]])
DATA = np.random.default_rng(5).normal(size=(4, 3))
LABELS = np.array([0, 2, 1, 0])


def difference(f, x):
    """Central differences with one extrapolation: independent of every rule, good to some nine digits."""
    grad = np.empty_like(x)
    for i in np.ndindex(*x.shape):

        def along(h, i=i):
            up, down = x.copy(), x.copy()
            up[i] += h
            down[i] -= h
            return (float(f(up)) - float(f(down))) / (2 * h)

        grad[i] = (4 * along(5e-4) - along(1e-3)) / 3
    return grad


def loop(x):
    z = np.zeros(3)
    for j in range(3):
        for i in range(4):
            z[j] = z[j] + DATA[i, j] * x[i]
        z[j] = 1 / (1 + math.exp(-z[j]))
    total = 0.0
    for v in z:
        total += (v - 0.25) ** 2
    return float(total)


def in_place(x):
    y = x.copy()
    y[1:] += 2 * y[:-1]
    y *= x
    y[y < 0] *= 0.1
    y -= 0.5
    y[[0, 2]] = y[[2, 0]] * 3
    np.add(y, x, out=y)
    return (y**2).sum()


def views(x):
    y = np.zeros((2, 4))
    row = y[0]
    row[:] = x
    y.T[1, 1] = x[0] * x[1]
    y.ravel()[7] = x[2] ** 3
    return np.sum(y * np.arange(8.0).reshape(2, 4))


def cross_entropy(x):
    z = DATA @ x[:3] * np.ones((3, 1)) * np.arange(1.0, 4.0)[:, None]
    z = z.T + x[3]
    z = z - np.max(z, axis=1, keepdims=True)
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return -np.log(p[np.arange(4), LABELS]).mean()


def recurrence(x):
    h = np.zeros((3,))
    for t in range(4):
        h = np.tanh(M @ h * 0.5 + x[t] * np.ones(3))
    return np.dot(h, h)


def list_code(x):
    rows = [[x[0], x[1]], [x[2], x[3]]]
    a = np.array(rows)
    b = np.asarray([v * 2 for v in x]).reshape(2, 2)
    return sum(sum(v * w for v, w in zip(r, s, strict=True)) for r, s in zip(a.tolist(), b.tolist(), strict=True))


def helper(x):
    out = naked_zeros(x.shape)
    for i, v in enumerate(x):
        out[i] = naked_exp(v) - float(v)
    return out


def local_import(x):
    import math as m

    import numpy as n

    y = n.zeros(4)
    for i in range(4):
        y[i] = m.sin(x[i])
    return y.sum()


class Model:
    def __init__(self):
        self.W = DATA
        self.cache = None

    def loss(self, x):
        self.cache = np.tanh(x @ self.W)
        return 0.5 * np.sum(np.square(self.cache))


def partial_of(x, scale, shift):
    return np.sum(np.cos(x * scale) + shift)


def conv(x):
    kernel = x[:2]
    image = np.outer(x, x)
    out = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            out[i, j] = np.sum(image[i : i + 2, j : j + 2] * np.outer(kernel, kernel))
    return out.std()


def layer_norm(x):
    return np.sum(((x - x.mean()) / np.sqrt(x.var() + 1e-5)) ** 3 * np.arange(4))


def branches(x):
    total = 0.0
    for v in x:
        if v > 0.4:
            total += v**3
        elif v < 0:
            total -= math.sqrt(-v)
        else:
            total += max(v, 0.1) * min(v, 2.0) * abs(v)
    return total


CASES = {
    "loop over zeros and math.exp": loop,
    "in-place updates": in_place,
    "views share memory": views,
    "softmax, max-shifted, fancy indexing": cross_entropy,
    "recurrence": recurrence,
    "lists": list_code,
    "names imported from modules": lambda x: helper(x).sum(),
    "imports inside": local_import,
    "bound method with a cache": Model().loss,
    "partial": functools.partial(partial_of, scale=2.0, shift=1.0),
    "convolution by loops": conv,
    "layer norm": layer_norm,
    "python branches, max, min, abs": branches,
    "broadcasting": lambda x: np.sum((x[:, None] - x[None, :2]) ** 2 * DATA[:, :2]),
    "matmul": lambda x: np.sum(np.tanh(x @ DATA) @ DATA.T),
    "matmul of stacks": lambda x: np.sum(np.stack([np.outer(x, x), np.outer(x, x) + 1]) @ DATA[None] ** 2),
    "einsum": lambda x: np.einsum("i,ij,j->", x, np.outer(x, x) + 1, x) + np.einsum("ij,jk->ik", DATA.T * x, DATA).sum(),
    "einsum with batch": lambda x: np.einsum("bi,bij->bj", DATA * x[:, None], np.ones((4, 3, 2)) * x[:, None, None]).var(),
    "einsum repeated label": lambda x: np.einsum("ii->", np.outer(x, x)) + np.einsum("i,i->i", x, x).sum(),
    "dot": lambda x: np.dot(x, x) + np.dot(DATA.T, x).sum() + x.dot(np.ones(4)),
    "inner, vdot": lambda x: np.inner(x, x) * np.vdot(x, np.arange(4.0)),
    "outer": lambda x: np.sum(np.outer(x, x) * np.arange(16.0).reshape(4, 4)) + np.multiply.outer(x, x)[0, 1],
    "tensordot": lambda x: np.tensordot(np.outer(x, x), DATA, axes=([1], [0])).sum(),
    "kron, cross, trace": lambda x: np.kron(x[:2], x[2:]).sum() + np.cross(x[:3], x[1:])[1] + np.trace(np.outer(x, x)),
    "sum, mean": lambda x: x.sum() * np.mean(x) + np.sum(np.outer(x, x), axis=0)[1] + np.outer(x, x).mean(axis=(0, 1)),
    "max, min": lambda x: x.max() * np.min(x) + np.outer(x, x).max(axis=1).sum() + np.ptp(x),
    "argmax, argmin": lambda x: x[np.argmax(x)] ** 2 + x[x.argmin()] ** 3,
    "sort, argsort, median": lambda x: np.sort(x) @ np.arange(4.0) + x[np.argsort(x)[1]] ** 2 + np.median(x),
    "cumsum, cumprod, prod": lambda x: (
        np.cumsum(x)[2] + np.cumprod(x).sum() + np.prod(x) + np.cumsum(np.outer(x, x), axis=1).sum()
    ),
    "var, std": lambda x: x.var() + np.std(x, ddof=1) + np.outer(x, x).std(axis=0).sum(),
    "average": lambda x: np.average(x, weights=np.arange(1.0, 5.0)) ** 2,
    "where": lambda x: np.where(x > 0, x**2, np.exp(x)).sum() + np.where([True, False, True, False], x, 0).sum(),
    "clip": lambda x: np.clip(x, -0.5, 1.0) @ x + x.clip(0.0, None).sum(),
    "maximum, minimum": lambda x: np.sum(np.maximum(x, 0) * np.minimum(x, 1.0)) + np.maximum(0.1, x).sum(),
    "abs, sign": lambda x: np.sum(np.abs(x) ** 3 + np.sign(x) * x + np.fabs(x)),
    "comparisons as numbers": lambda x: np.sum((x > 0) * x**2 + (x <= 0.4).astype(float) * x),
    "boolean indexing": lambda x: np.sum(x[x > 0] ** 2) + x[(x > 0) & ~(x > 1)].prod(),
    "fancy indexing": lambda x: np.sum(x[[0, 0, 3]] ** 2) + np.outer(x, x)[[0, 1], [2, 3]].sum() + x[-1] + x[::-2].sum(),
    "concatenate, stack": lambda x: (
        np.concatenate([x, x**2]).var()
        + np.stack([x, x * 2], axis=1).std()
        + np.vstack([x, x])[1] @ x
        + np.hstack([x, 1.0]).sum()
    ),
    "reshape, transpose": lambda x: (
        (x.reshape(2, 2) @ x.reshape(2, 2).T).sum() + np.transpose(np.outer(x, DATA[:, 0]))[1, 2] + np.ravel(x)[1]
    ),
    "pad": lambda x: (
        np.sum(np.pad(x, (1, 2)) ** 2) + np.pad(x, 1, mode="edge").sum() + np.pad(np.outer(x, x), 1, constant_values=2.0).var()
    ),
    "roll, flip, tile, repeat": lambda x: (
        np.roll(x, 1) @ x + np.flip(x) @ np.arange(4.0) + np.tile(x, 2).var() + np.repeat(x, 2).std()
    ),
    "diag, tril, triu, diff": lambda x: (
        np.diag(x).sum() + np.tril(np.outer(x, x)).sum() + np.triu(np.outer(x, x)).var() + (np.diff(x) ** 2).sum()
    ),
    "take, split, squeeze": lambda x: (
        np.take(x, [1, 1]).prod() + np.split(x, 2)[1].prod() + np.squeeze(x[None])[2] + np.expand_dims(x, 0)[0, 1]
    ),
    "zeros_like, ones_like, full_like": lambda x: np.sum((np.zeros_like(x) + x) * np.ones_like(x) * np.full_like(x, 3.0)),
    "empty, ones, full, eye": lambda x: filled(x).sum() + (np.ones(4) * x).sum() + np.full(4, x[0]) @ x + (np.eye(4) @ x)[2],
    "insert, append, delete": lambda x: np.append(x, x[0] ** 2).var() + np.insert(x, 1, x[2]).std() + np.delete(x, 1).prod(),
    "convolve, gradient, trapezoid": lambda x: np.convolve(x, x[:2]).var() + np.gradient(x).var() + np.trapezoid(x**2),
    "add.at, maximum.reduce": lambda x: scattered(x) + np.add.reduce(x) + np.maximum.reduce(x) + np.multiply.accumulate(x)[2],
    "ufunc where and out": lambda x: np.sum(np.log(np.abs(x), where=x > 0, out=np.zeros_like(x))),
    "logaddexp": lambda x: np.logaddexp(x, 1.0).sum() + np.logaddexp(0, x).sum() + np.logaddexp2(x, x[::-1]).sum(),
    "log1p, expm1, hypot": lambda x: np.log1p(x**2).sum() + np.expm1(x).sum() + np.hypot(x, 2.0).sum(),
    "powers": lambda x: np.sum(x**3 + x**-2 + np.abs(x) ** 1.7 + 2.0**x + np.power(x, 2)) + np.sum(np.abs(x) ** x[0]),
    "floor, mod": lambda x: np.sum(x % 0.4 + np.floor(x) * x + np.mod(x, 1.0) + x // 0.4),
    "linalg.norm": lambda x: (
        np.linalg.norm(x)
        + np.linalg.norm(x, 1)
        + np.linalg.norm(np.outer(x, x))
        + np.linalg.norm(x, 3)
        + np.linalg.norm(np.outer(x, x), axis=1).sum()
        + np.linalg.norm(x, np.inf)
    ),
    "linalg.solve": lambda x: (
        np.linalg.solve(M + np.outer(x[:3], x[1:]), x[:3]).sum() + np.linalg.solve(M, np.outer(x[:3], x)).var()
    ),
    "linalg.inv": lambda x: np.linalg.inv(M + np.diag(x[:3])).sum(),
    "linalg.det, slogdet": lambda x: np.linalg.det(M + np.outer(x[:3], x[1:])) + np.linalg.slogdet(M + np.diag(x[:3]))[1],
    "linalg.cholesky, matrix_power": lambda x: (
        np.linalg.cholesky(M @ M.T + np.diag(x[:3] ** 2)).sum() + np.linalg.matrix_power(M * x[0], 3).var()
    ),
    "random constants, fixed seed": lambda x: (
        (np.random.default_rng(0).normal(size=4) * x).sum() + x @ np.random.RandomState(1).rand(4)
    ),
    "vectorize": lambda x: np.vectorize(lambda v: v**2 if v > 0 else -v)(x).sum(),
    "interp": lambda x: np.interp(x, [-1.0, 0.0, 1.0, 2.0], [0.0, 1.0, 4.0, 2.0]) @ x,
    "apply_along_axis": lambda x: np.apply_along_axis(lambda r: np.sum(r**2), 1, np.outer(x, x)).std(),
    "cov": lambda x: np.sum(np.diff(np.meshgrid(x, x)[0], axis=1)[:, 1] ** 2),
    "isnan guard": lambda x: np.sum(np.nan_to_num(x)) if np.isfinite(x).all() and not np.isnan(x).any() else 0.0,
    "trigonometry": lambda x: np.sum(np.sin(x) * np.cos(x) + np.tan(x) + np.arctan(x) + np.arctan2(x, 2.0) + np.sinc(x)),
    "hyperbolic": lambda x: np.sum(np.sinh(x) + np.cosh(x) * np.tanh(x) + np.arcsinh(x)),
    "dtype talk": lambda x: (
        np.sum(x.astype(np.float64) * (2 if x.dtype == np.float64 and isinstance(x, np.ndarray) else 3) + x.real)
        + x.shape[0] * x.sum() / len(x)
    ),
    "float at the end": lambda x: float(np.sum(x**2)) + np.float64(2.5) * x[0].item(),
    "piecewise": lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v**2]).sum(),
    "quantile, percentile, partition": lambda x: (
        np.percentile(x, 40) ** 2
        + np.quantile(np.outer(x, x), [[0.25, 0.7]], axis=0)[0, 1].sum()
        + np.partition(x, 1)[1:].prod()
    ),
    "bincount": lambda x: np.sum(np.bincount(LABELS, weights=x, minlength=4) ** 2),
    "searchsorted, digitize": lambda x: x[np.searchsorted([0.0, 1.0], x)].sum() + x @ np.digitize(x, [0.0, 1.0]),
    "reductions with where": lambda x: (
        np.sum(x**2, where=X > 0) + np.mean(x, where=X > 0) + np.max(x, where=X < 1, initial=-9.0) + np.var(x, where=X > 0)
    ),
    "methods of ufuncs": lambda x: (
        np.logaddexp.reduce(x)
        + np.hypot.reduce(x)
        + np.maximum.accumulate(x).sum()
        + np.add.reduceat(x, [0, 2, 1]) @ [1.0, 2.0, 3.0]
    ),
    "apply_over_axes": lambda x: np.apply_over_axes(np.sum, np.outer(x, x), [0, 1]).item(),
    "sliding windows": lambda x: np.sum(np.lib.stride_tricks.sliding_window_view(x, 2) @ np.array([1.0, -2.0])) ** 2,
    "round": lambda x: np.sum(np.round(x, 2) * x) + round(x[0]) * x[1] + round(x[1], 1) * x[1] + x[:3].round()[0] * x[3],
    "divmod": lambda x: np.divmod(x, 0.4)[1].sum() + divmod(x[0], 0.25)[1] ** 2,
    "cov, corrcoef": lambda x: np.cov(np.outer(x, x) + np.eye(4)).sum() + np.corrcoef(x, x**2)[0, 1] + np.cov(x, x[::-1])[0, 1],
    "linspace": lambda x: np.linspace(x[0], x[1], 5).var() + np.linspace(0, x, 3).sum(),
    "fromiter, nditer, flat": lambda x: np.fromiter((v**2 for v in x), float).sum() + sum(v**3 for v in np.nditer(x)) + flat(x),
    "r_ and c_": lambda x: np.r_[x, x**2].var() + np.c_[x, x**3].std(),
    "what stores": lambda x: stored(x).var(),
    "lists of numbers": lambda x: np.mean([v * v for v in x]) + np.std(list(x)) + np.linalg.det([[x[0], 1.0], [2.0, x[1]]]),
    "np.float64": lambda x: np.float64(x[0]) * np.float64(x.sum()) * (x.dtype == np.float64) * np.zeros(1, np.float64).size,
    "np.i0": lambda x: np.i0(x).sum(),
    "max taken twice of tied values": lambda x: tied_softmax(x * 0 + x[0]) @ x,
    "stacks of systems": lambda x: (
        np.linalg.solve(stack(x), np.ones((3, 2))).sum()
        + np.linalg.solve(stack(x), x[:3]).var()
        + np.linalg.inv(stack(x)).sum()
        + np.linalg.det(stack(x)) @ [1.0, 2.0]
        + np.linalg.slogdet(stack(x)).logabsdet.sum()
        + np.linalg.cholesky(stack(x) @ stack(x).transpose(0, 2, 1)).var()
    ),
    "least squares": lambda x: (
        np.linalg.lstsq(DATA + np.outer(x, x[:3]), x, rcond=None)[0].var() + np.linalg.lstsq(DATA, x, rcond=None)[1][0]
    ),
    "pseudo-inverse": lambda x: np.linalg.pinv(DATA * x[:, None]).sum() + np.linalg.pinv((DATA * x[:, None]).T).var(),
    "qr": lambda x: (
        np.linalg.qr(M + np.outer(x[:3], x[1:]))[0].var()
        + np.linalg.qr(DATA * x[:, None])[1].sum()
        + np.linalg.qr(DATA.T * x, mode="r").sum()
        + np.linalg.qr(DATA * x[:, None], mode="complete").Q[:, 3] @ x
    ),
    "logging": lambda x: (f"{x[0]:.3f} {x!r}", (x**2).sum())[1],
}
POSITIVE = {
    "math": lambda x: sum(
        math.log(v)
        + math.sqrt(v)
        + math.sin(v) * math.tanh(v)
        + math.pow(v, 1.5)
        + math.hypot(v, 1.0)
        + math.erf(v)
        + math.lgamma(v)
        + math.gamma(v)
        + math.log(v, 2)
        + math.fabs(v)
        for v in x
    ),
    "math sums": lambda x: (
        math.fsum(x) * math.prod(x)
        + math.dist(x, [0.0] * 4)
        + math.expm1(x[0])
        + math.log1p(x[1])
        + math.floor(x[2])
        + math.atan2(x[0], x[1])
    ),
    "logarithms": lambda x: np.sum(
        np.log(x) + np.log2(x) + np.log10(x) + np.sqrt(x) + np.cbrt(x) + np.exp2(x) + 1 / x + np.reciprocal(x)
    ),
    "inverse functions": lambda x: np.sum(np.arcsin(x / 2) + np.arccos(x / 2) + np.arctanh(x / 2) + np.arccosh(x + 1)),
}


def filled(x):
    out = np.empty((4,), dtype=float)
    for i in range(4):
        out[i] = x[i] * x[0]
    return out


def flat(x):
    a, b = np.outer(x, x), np.zeros((2, 2))
    b.flat[0], b.flat[1:3] = 2.0, a.flat[:2]
    b.flat[3] = sum(a.flat) * len(a.flat)
    return np.linalg.det(b)


def stored(x):
    a = np.outer(x, x)
    np.fill_diagonal(a, 0)
    np.put(a, [1, 2], 3.0)
    np.put_along_axis(a, np.array([[0], [1], [2], [0]]), x[:, None] ** 2, axis=1)
    np.putmask(a, a > 1, 0.5)
    np.copyto(a[3], x)
    np.copyto(a[2], 1, where=X > 0.4)
    np.cumsum(x, out=a[0])
    np.einsum("i,i->i", x, x, out=a[1])
    return a


def tied_softmax(z):
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


def stack(x):
    return np.stack([M, M + 1]) + np.outer(x[:3], x[1:])


def scattered(x):
    out = np.zeros(2)
    np.add.at(out, [0, 1, 0, 1], x**2)
    return out[0] * out[1]


def certifies(f, x):
    before = x.copy()
    expected = difference(f, x)
    value, grad = certified_gradient(f, x)
    assert grad.smooth
    assert (grad.rad <= 1e-30 * np.maximum(1, np.abs(grad.mid))).all()
    np.testing.assert_allclose(grad.mid, expected, rtol=2e-8, atol=2e-8)
    np.testing.assert_allclose(value.mid, float(f(x)), rtol=1e-12)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("name", CASES)
def test_this_code_runs_on_balls_as_it_is(name):
    certifies(CASES[name], X)


@pytest.mark.parametrize("name", POSITIVE)
def test_this_code_runs_on_balls_as_it_is_for_positive_inputs(name):
    certifies(POSITIVE[name], P)


@pytest.mark.extra("scipy")
def test_linear_algebra_of_scipy_runs_on_balls():
    from scipy import linalg
    from scipy.linalg import cho_factor, cho_solve

    def f(x):
        K = M @ M.T + np.diag(x[:3] ** 2)
        L = linalg.cholesky(K, lower=True)
        z = linalg.solve_triangular(L, x[:3], lower=True) + linalg.solve_triangular(L, x[:3], lower=True, trans="T")
        y = cho_solve(cho_factor(K), x[1:]) + linalg.solve(K, x[1:]) + linalg.inv(K) @ x[:3]
        return z @ z + y @ y + np.log(linalg.det(K)) + linalg.cholesky(K)[0, 2]

    certifies(f, X)


def test_the_namespaces_are_restored():
    before, names = (np.zeros, math.exp, naked_exp, naked_zeros), set(globals())
    certified_gradient(lambda x: helper(x).sum() + local_import(x), X)
    with pytest.raises(Exception, match="this is raised inside"):
        certified_gradient(lambda x: raise_(), X)
    assert (np.zeros, math.exp, naked_exp, naked_zeros) == before
    assert set(globals()) == names
    assert type(np) is type(math)


def raise_():
    raise ValueError("this is raised inside")


def test_a_dict_and_a_list_of_arrays_keep_their_structure():
    x = {"W": DATA, "b": [np.float64(2.0), np.array([1.0, 3.0])]}
    _, grad = certified_gradient(lambda p: np.sum(p["W"] ** 2) * p["b"][0] + p["b"][1] @ p["b"][1], x)
    np.testing.assert_allclose(grad.mid["W"], 4 * DATA)
    assert grad.mid["b"][0] == pytest.approx(np.sum(DATA**2))
    assert np.array_equal(grad.mid["b"][1], [2.0, 6.0])


UNARY = {
    "np.exp": (np.exp, mpmath.exp),
    "np.log": (np.log, mpmath.log),
    "np.tanh": (np.tanh, mpmath.tanh),
    "np.sin": (np.sin, mpmath.sin),
    "np.sqrt": (np.sqrt, mpmath.sqrt),
    "np.arctan": (np.arctan, mpmath.atan),
    "np.expm1": (np.expm1, mpmath.expm1),
    "np.log1p": (np.log1p, mpmath.log1p),
    "np.cosh": (np.cosh, mpmath.cosh),
    "np.tan": (np.tan, mpmath.tan),
    "np.arcsinh": (np.arcsinh, mpmath.asinh),
    "square": (lambda x: x * x, lambda x: x * x),
    "reciprocal": (lambda x: 1 / x, lambda x: 1 / x),
    "x^3.5": (lambda x: x**3.5, lambda x: x ** mpmath.mpf(3.5)),
    "math.erf": (lambda x: math.erf(x[()]) if np.ndim(x) == 0 else np.array([math.erf(v) for v in x]), mpmath.erf),
}


@pytest.mark.parametrize("seed", range(40))
def test_random_compositions_are_enclosed_to_45_digits(seed):
    """A random chain and sum of functions, against mpmath's derivative of the same formula at 60 digits."""
    rng = np.random.default_rng(seed)
    names = [str(rng.choice(list(UNARY))) for _ in range(int(rng.integers(2, 5)))]
    weights = rng.integers(1, 9, size=len(names)) / 8
    x = rng.uniform(0.2, 1.2, size=1)

    def f(x):
        y = x
        for name, w in zip(names, weights, strict=True):
            y = UNARY[name][0]((y * y + w) / (y * y + 1)) * w + y * x
        return np.sum(y)

    def exact(x):
        y = x
        for name, w in zip(names, weights, strict=True):
            y = UNARY[name][1]((y * y + float(w)) / (y * y + 1)) * float(w) + y * x
        return y

    _, grad = certified_gradient(f, x)
    with mpmath.workdps(70):
        true = mpmath.diff(exact, mpmath.mpf(float(x[0])), h=mpmath.mpf(10) ** -25)
        ball = grad.certified.balls[0]
        distance = abs(true - mpmath.mpf(ball.mid().str(60, radius=False)))
        # The difference quotient itself is good to some 1e-45 of its terms.
        assert distance <= mpmath.mpf(float(ball.rad())) + abs(true) * mpmath.mpf(10) ** -38
        assert float(ball.rad()) < 1e-45 * max(1.0, abs(float(true)))


def test_a_module_that_is_imported_by_a_call_is_followed():
    value, gradient = certified_gradient(lambda x: __import__("math").exp(x[0] * x[1]), np.array([0.5, 2.0]))
    assert float(value.mid) == pytest.approx(math.e, rel=1e-15)
    assert gradient.mid == pytest.approx([2 * math.e, 0.5 * math.e], rel=1e-15)
