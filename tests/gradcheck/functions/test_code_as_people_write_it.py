"""Layers, losses, densities, states and styles as people write them: right gradients match on balls, planted errors do not.

Each row is a function, its gradient derived by hand, a point, and the verdict; ``constants`` marks code whose float
constants leave more open than 1e-13.
"""

import math
from collections import namedtuple
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest

from gradcheck import check_grad
from gradcheck.arrays.pytree import leaves, mapped
from gradcheck.judge.verdicts import Verdict

A = np.array
RNG = np.random.default_rng(3)
X3, X4, X6, D, Y5 = (RNG.normal(size=size) for size in (3, 4, 6, (5, 3), 5))
M3 = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
LABELS, IDS = A([2, 0, 2, 1, 0, 2]), A([3, 1, 3, 0])


@dataclass(frozen=True)
class Row:
    f: Any
    df: Any
    x: Any
    verdict: Verdict = Verdict.MATCH
    constants: bool = False
    options: dict[str, Any] = field(default_factory=dict)


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# Layers


def conv2d(p):
    x, w = np.pad(p["x"], 1), p["w"]
    out = np.zeros(p["x"].shape)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(x[i : i + 3, j : j + 3] * w)
    return out


def dconv2d(p, dout):
    x, w = np.pad(p["x"], 1), p["w"]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[0]):
        for j in range(dout.shape[1]):
            dw += dout[i, j] * x[i : i + 3, j : j + 3]
            dx[i : i + 3, j : j + 3] += dout[i, j] * w
    return {"x": dx[1:-1, 1:-1], "w": dw}


def columns(x):
    rows = np.repeat(np.arange(2), 2)[:, None] + np.repeat(np.arange(3), 3)
    return rows, np.tile(np.arange(2), 2)[:, None] + np.tile(np.arange(3), 3)


def im2col(x):
    return np.sum((A([[1.0, 2, 3, 4]]) @ x[columns(x)]) ** 3)


def dim2col(x):
    g, kernel = np.zeros_like(x), A([[1.0, 2, 3, 4]])
    np.add.at(g, columns(x), kernel.T * 3 * (kernel @ x[columns(x)]) ** 2)
    return g


def windows(x):
    return np.sum((np.lib.stride_tricks.sliding_window_view(x, 3) @ A([1.0, -2, 1])) ** 2)


def dwindows(x):
    d, g = x[:-2] - 2 * x[1:-1] + x[2:], np.zeros_like(x)
    for k, w in enumerate((2, -4, 2)):
        g[k : len(x) - 2 + k] += w * d
    return g


def batchnorm(p, eps=1e-5):
    x = p["x"]
    return np.sum((p["gamma"] * (x - x.mean(0)) / np.sqrt(x.var(0) + eps) + p["beta"] - 1) ** 2) / 2


def dbatchnorm(p, eps=1e-5):
    x, n = p["x"], p["x"].shape[0]
    inv = 1 / np.sqrt(x.var(0) + eps)
    h = (x - x.mean(0)) * inv
    d = p["gamma"] * h + p["beta"] - 1
    dh = d * p["gamma"]
    dx = inv / n * (n * dh - dh.sum(0) - h * np.sum(dh * h, 0))
    return {"x": dx, "gamma": np.sum(d * h, 0), "beta": d.sum(0)}


def attention(p):
    s = p["q"] @ p["k"].swapaxes(-1, -2) / np.sqrt(p["q"].shape[-1])
    return softmax(np.where(np.tri(4) == 0, -np.inf, s)) @ p["v"]


def dattention(p, do):
    c = 1 / np.sqrt(p["q"].shape[-1])
    a = softmax(np.where(np.tri(4) == 0, -np.inf, p["q"] @ p["k"].swapaxes(-1, -2) * c))
    da = do @ p["v"].swapaxes(-1, -2)
    ds = a * (da - np.sum(da * a, -1, keepdims=True)) * c
    return {"q": ds @ p["k"], "k": ds.swapaxes(-1, -2) @ p["q"], "v": a.swapaxes(-1, -2) @ do}


def lstm(p):
    h, c = np.zeros(2), np.zeros(2)
    for x in D[:2]:
        i, f, o, g = np.split(x @ p["W"] + h @ p["U"] + p["b"], 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return np.sum(h**2)


def dlstm(p):
    h, c, kept = np.zeros(2), np.zeros(2), []
    for x in D[:2]:
        i, f, o, g = np.split(x @ p["W"] + h @ p["U"] + p["b"], 4)
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        kept.append((x, h, c, i, f, o, g, f * c + i * g))
        c = f * c + i * g
        h = o * np.tanh(c)
    grads, dh, dc = {key: np.zeros_like(value) for key, value in p.items()}, 2 * h, np.zeros(2)
    for x, h, before, i, f, o, g, c in reversed(kept):
        t = np.tanh(c)
        dc = dc + dh * o * (1 - t**2)
        da = np.concatenate([dc * g * i * (1 - i), dc * before * f * (1 - f), dh * t * o * (1 - o), dc * i * (1 - g**2)])
        grads["W"] += np.outer(x, da)
        grads["U"] += np.outer(h, da)
        grads["b"] += da
        dh, dc = p["U"] @ da, dc * f
    return grads


def embedding(p):
    z = p["E"][IDS].mean(axis=0) @ p["W"]
    return np.log(np.exp(z).sum()) - z[2]


def dembedding(p):
    e = p["E"][IDS].mean(axis=0)
    q, g = softmax(e @ p["W"]), np.zeros_like(p["E"])
    q[2] -= 1
    np.add.at(g, IDS, p["W"] @ q / 4)
    return {"E": g, "W": np.outer(e, q)}


def dmaxpool(x, d):
    g = np.zeros_like(x)
    for i in range(2):
        for j in range(2):
            w = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            k = np.unravel_index(np.argmax(w), w.shape)
            g[2 * i + k[0], 2 * j + k[1]] = d[i, j]
    return g


def dropout(x):
    np.random.seed(0)
    return np.sum((x * (np.random.rand(*x.shape) < 0.5) / 0.5) ** 2)


def ddropout(x):
    np.random.seed(0)
    return 8 * x * (np.random.rand(*x.shape) < 0.5)


def hinge(W):
    s = D @ W
    margin = np.maximum(0, s - s[np.arange(5), LABELS[:5]][:, None] + 1)
    margin[np.arange(5), LABELS[:5]] = 0
    return margin.sum() / 5


def dhinge(W):
    s = D @ W
    open_ = (s - s[np.arange(5), LABELS[:5]].reshape(-1, 1) + 1 > 0).astype(float)
    open_[np.arange(5), LABELS[:5]] = 0
    open_[np.arange(5), LABELS[:5]] = -open_.sum(1)
    return D.T.dot(open_) / 5


LAYERS = {
    "conv2d by loops": Row(conv2d, dconv2d, {"x": RNG.normal(size=(3, 4)), "w": M3}),
    "im2col by fancy indices": Row(im2col, dim2col, RNG.normal(size=(4, 4))),
    "sliding windows": Row(windows, dwindows, X6),
    "batch norm": Row(batchnorm, dbatchnorm, {"x": D, "gamma": X3, "beta": X3[::-1]}, constants=True),
    "causal attention with -inf": Row(attention, dattention, {k: RNG.normal(size=(2, 4, 3)) for k in "qkv"}, constants=True),
    "LSTM": Row(lstm, dlstm, {"W": RNG.normal(size=(3, 8)), "U": RNG.normal(size=(2, 8)), "b": RNG.normal(size=8)}),
    "embedding": Row(embedding, dembedding, {"E": D, "W": RNG.normal(size=(3, 4))}),
    "max pooling": Row(lambda x: x.reshape(2, 2, 2, 2).max(axis=3).max(axis=1), dmaxpool, RNG.normal(size=(4, 4))),
    "dropout with a fixed seed": Row(dropout, ddropout, D),
    "multiclass hinge": Row(hinge, dhinge, M3),
    "label smoothing": Row(
        lambda z: -np.mean(np.sum((np.eye(3)[[0, 2]] * (1 - 0.1) + 0.1 / 3) * np.log(softmax(z)), axis=1)),
        lambda z: (softmax(z) - (np.eye(3)[[0, 2]] * 0.9 + 0.1 / 3)) / 2,
        D[:2],
        constants=True,
    ),
    "softmax of tied logits, shifted twice": Row(
        lambda z: -np.sum(z[:, 0] - z.max(1) - np.log(np.exp(z - z.max(1, keepdims=True)).sum(1))),
        lambda z: softmax(z) - A([1, 0, 0]),
        np.zeros((2, 3)),
    ),
    "a list of tied logits": Row(
        lambda z: np.mean([np.log(sum(math.exp(v - max(row)) for v in row)) + max(row) for row in z]),
        lambda z: softmax(z) / 2,
        np.zeros((2, 3)),
    ),
}

# Densities and other models


def gaussian(p):
    L = np.linalg.cholesky(p["S"])
    z = np.linalg.solve(L, (D - p["mu"]).T)
    return 0.5 * np.sum(z**2) + len(D) * np.sum(np.log(np.diag(L)))


def dgaussian(p):
    inverse, r = np.linalg.inv(p["S"]), D - p["mu"]
    G = 0.5 * (len(D) * inverse - inverse @ r.T @ r @ inverse)
    return {"mu": -inverse @ r.sum(axis=0), "S": np.tril(G) + np.tril(G, -1)}  # cholesky reads the lower triangle


def mixture(p):
    total = 0
    for y in Y5:
        terms = [np.log(w) - 0.5 * ((y - m) / s) ** 2 - np.log(s) for w, m, s in zip(softmax(p[0]), p[1], np.exp(p[2]))]  # noqa: B905
        total += max(terms) + np.log(sum(np.exp(t - max(terms)) for t in terms))
    return -total


def dmixture(p):
    w, m, s, y = softmax(p[0]), p[1], np.exp(p[2]), Y5[:, None]
    r = softmax(np.log(w) - 0.5 * ((y - m) / s) ** 2 - np.log(s))
    return [5 * w - r.sum(0), -np.sum(r * (y - m) / s**2, 0), np.sum(r * (1 - ((y - m) / s) ** 2), 0)]


def elbo(p):
    z = p["mu"] + np.exp(0.5 * p["lv"]) * np.random.RandomState(3).randn(5, 4)
    return np.mean(np.sum((z - 1) ** 2, axis=1)) - 0.5 * np.sum(1 + p["lv"] - p["mu"] ** 2 - np.exp(p["lv"]))


def delbo(p):
    e, s = np.random.RandomState(3).randn(5, 4), np.exp(0.5 * p["lv"])
    r = 2 * (p["mu"] + s * e - 1)
    return {"mu": r.mean(0) + p["mu"], "lv": (r * e * s).mean(0) / 2 - 0.5 * (1 - np.exp(p["lv"]))}


def paths(e):
    a = np.full(3, -np.inf)
    a[0] = e[0, 0]
    for t in (1, 2):
        a = np.array([e[t, s] + (np.logaddexp(a[s], a[s - 1]) if s else a[s]) for s in range(3)])
    return a[1]


def dpaths(e):
    w = [np.exp(e[0, 0] + e[1, 0] + e[2, 1]), np.exp(e[0, 0] + e[1, 1] + e[2, 1])]
    g = np.zeros_like(e)
    g[0, 0], g[2, 1], g[1, 0], g[1, 1] = 1, 1, w[0] / sum(w), w[1] / sum(w)
    return g


def dleast_squares(a):
    P = np.linalg.inv(a.T @ a)
    x = P @ (a.T @ Y5)
    u = P @ (2 * x)
    return np.outer(Y5 - a @ x, u) - a @ np.outer(u, x)


def pendulum(v):
    q, p = v
    for _ in range(10):
        p = p - 0.125 * np.sin(q)
        q = q + 0.125 * p
    return q**2 + p**2


def dpendulum(v):
    (q, p), J = v, np.eye(2)
    for _ in range(10):
        J = np.array([[1, 0], [-0.125 * np.cos(q), 1]]) @ J
        p = p - 0.125 * np.sin(q)
        J = np.array([[1, 0.125], [0, 1]]) @ J
        q = q + 0.125 * p
    return 2 * np.array([q, p]) @ J


def dby_class(x):
    g = np.zeros_like(x)
    for c in np.unique(LABELS):
        g[c == LABELS] = 2 * x[c == LABELS].mean() / np.sum(c == LABELS)
    return g


MODELS = {
    "Gaussian by Cholesky": Row(gaussian, dgaussian, {"mu": X3, "S": M3 @ M3.T}),
    "Gaussian mixture in lists": Row(mixture, dmixture, [X3, X3[::-1], X3 / 4]),
    "ELBO": Row(elbo, delbo, {"mu": X4, "lv": X4[::-1]}),
    "log det": Row(lambda S: np.linalg.slogdet(S).logabsdet, lambda S: np.linalg.inv(S).T, M3),
    "log dets of a stack": Row(
        lambda a: np.linalg.slogdet(a)[1].sum(), lambda a: np.linalg.inv(a).transpose(0, 2, 1), np.stack([M3, M3 + 1])
    ),
    "paths by logaddexp": Row(paths, dpaths, M3),
    "least squares": Row(lambda a: np.sum(np.linalg.lstsq(a, Y5, rcond=None)[0] ** 2), dleast_squares, D),
    "pendulum": Row(pendulum, dpendulum, A([0.4, 0.2])),
    "means by class": Row(lambda x: sum(x[c == LABELS].mean() ** 2 for c in np.unique(LABELS)), dby_class, X6),
    "counts": Row(
        lambda x: np.sum(np.bincount(LABELS, weights=x) ** 2), lambda x: 2 * np.bincount(LABELS, weights=x)[LABELS], X6
    ),
    "logistic": Row(
        lambda w: np.mean(np.logaddexp(0, D @ w) - (Y5 > 0) * (D @ w)), lambda w: D.T @ (sigmoid(D @ w) - (Y5 > 0)) / 5, X3
    ),
    "discrete Wasserstein": Row(
        lambda x: np.mean(np.abs(np.sort(x) - np.sort(Y5))),
        lambda x: np.sign(np.sort(x) - np.sort(Y5))[np.argsort(np.argsort(x))] / 5,
        D[:, 0],
    ),
    "log of a power": Row(
        lambda x: 10 * math.log10(sum(v**2 for v in x)), lambda x: 20 / np.log(10) * x / (x @ x), X3, constants=True
    ),
}

# Ways to write


class Model:
    def __init__(self):
        self.params, self.grads = {"W": np.zeros((3, 2)), "b": np.zeros(2)}, {}

    def loss(self, v):
        self.params = {"W": v[:6].reshape(3, 2), "b": v[6:]}
        self.out = np.tanh(D @ self.params["W"] + self.params["b"])
        return np.sum(self.out**2)

    def gradient(self, v):
        self.loss(v)
        d = 2 * self.out * (1 - self.out**2)
        self.grads["W"], self.grads["b"] = D.T @ d, d.sum(axis=0)
        return np.concatenate([self.grads["W"].ravel(), self.grads["b"]])


class Slotted:
    __slots__ = ("W",)

    def __init__(self):
        self.W = D

    def loss(self, x):
        return np.sum((self.W @ x) ** 2)

    def gradient(self, x):
        return 2 * self.W.T @ (self.W @ x)


class Value:
    """A number that knows where it came from: autodiff by hand."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t**2),))

    def backward(self, g=1.0):
        self.grad += g
        for parent, slope in self.parents:
            parent.backward(g * slope)


def by_values(x):
    a, b, c = leaves_ = [Value(v) for v in x]
    ((a * b + c).tanh() * a).backward()
    return np.array([v.grad for v in leaves_])


def talkative(x):
    assert isinstance(x, np.ndarray) and x.dtype == np.float64 and x.dtype.kind == "f"
    np.testing.assert_allclose(np.exp(np.log(np.abs(x))), np.abs(x))
    f"{x} {x[0]:.3f} {np.sum(x)!r}"
    try:
        return x.undefined()
    except AttributeError:
        return np.float64(np.sum(x**2))


def in_place(x):
    x = np.array(x)
    x += 1
    x **= 2
    x /= 2
    x[1:] *= x[:-1]
    return x.sum()


def din_place(x):
    y = (x + 1) ** 2 / 2
    return A([1 + y[1], y[0] + y[2], y[1]]) * (x + 1)


def by_newton(x):
    y = 1.0
    while abs(y * y - x) > 1e-14:
        y = (y + x / y) / 2
    return y


def fixed_point(a):
    y, step = 0.0, 1.0
    while not abs(step) < 1e-8:
        step = math.cos(a * y) - y
        y += step
    return y


def dfixed_point(x):
    y = fixed_point(x[0])
    return A([-y * math.sin(x[0] * y) / (1 + x[0] * math.sin(x[0] * y))])


Pair = namedtuple("Pair", "w b")
WAYS = {
    "a model with its state in attributes": Row(Model().loss, Model().gradient, RNG.normal(size=8)),
    "a model with slots": Row(Slotted().loss, Slotted().gradient, X3),
    "a parameter without entries": Row(
        lambda p: np.sum(p["a"] ** 2) + np.sum(p["b"]),
        lambda p: {"a": 2 * p["a"], "b": np.ones_like(p["b"])},
        {"a": X3, "b": np.zeros((0, 2))},
    ),
    "autodiff by hand": Row(lambda x: math.tanh(x[0] * x[1] + x[2]) * x[0], by_values, X3),
    "asserts, texts, exceptions": Row(talkative, lambda x: 2 * x, X3),
    "in place on a copy": Row(in_place, din_place, X3),
    "named tuple": Row(
        lambda p: np.sum((D @ p.w + p.b) ** 2),
        lambda p: Pair(2 * D.T @ (D @ p.w + p.b), 2 * np.sum(D @ p.w + p.b)),
        Pair(X3, np.float64(0.5)),
    ),
    "partial": Row(partial(lambda x, a: a * np.sum(x**3), a=3.0), partial(lambda x, a: 3 * a * x**2, a=3.0), X3),
    "a list of items": Row(lambda x: x[0] * x[1] + x[2] ** 2, lambda x: [x[1], x[0], 2 * x[2]], X3),
    "Python numbers": Row(lambda x: x[0] * x[1] + math.sin(x[2]), lambda x: [x[1], x[0], math.cos(x[2])], [0.1, 0.2, 0.3]),
    "integers": Row(lambda x: np.sum(x**3), lambda x: 3 * x**2, A([1, 2, 3])),
    "a number": Row(lambda x: np.exp(-(x**2)), lambda x: -2 * x * np.exp(-(x**2)), np.float64(0.7)),
    "builtins": Row(
        lambda x: sum(abs(v) for v in x) + max(x) * min(x) + pow(x[0], 3) + math.fsum(x.tolist()),
        lambda x: 1 + np.sign(x) + (x == max(x)) * min(x) + (x == min(x)) * max(x) + A([3 * x[0] ** 2, 0, 0]),
        X3,
    ),
    "piecewise": Row(
        lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v**2]).sum(),
        lambda x: np.piecewise(x, [x < 0, x >= 0], [-1.0, lambda v: 2 * v]),
        X4,
    ),
    "vectorize": Row(
        lambda x: np.vectorize(lambda v: v * v if v > 0 else 3 * v)(x).sum(), lambda x: np.where(x > 0, 2 * x, 3), X4
    ),
    "sum where": Row(lambda x: np.sum(x**2, where=X6 > 0), lambda x: 2 * x * (X6 > 0), X6 + 0.1),
    "quantile": Row(lambda x: np.quantile(x, 0.5, axis=0).sum(), lambda x: (x == np.median(x, axis=0)) * 1.0, D),
    "value and gradient at once": Row(lambda x: (np.sum(x**2), 2 * x), None, X3, options={"f_and_grad": True}),
    "Jacobian": Row(
        lambda x: np.outer(x, x),
        lambda x: np.einsum("ik,j->ijk", np.eye(3), x) + np.einsum("jk,i->ijk", np.eye(3), x),
        X3,
        options={"jacobian": True},
    ),
    "kink": Row(lambda x: np.abs(x).sum(), np.sign, A([0.0, 1.0]), Verdict.KINK),
    "an iteration that stops early": Row(
        lambda x: by_newton(x[0]), lambda x: A([0.5 / np.sqrt(x[0])]), A([2.0]), Verdict.MATCH, constants=True
    ),
    "a slower one": Row(lambda x: fixed_point(x[0]), dfixed_point, A([0.5]), Verdict.INCONCLUSIVE),
}


CONSTANTS = {
    "0.1 + 0.2": (lambda x: np.sum(x**2) * (0.1 + 0.2), lambda x: 0.6 * x),
    "1 - 0.9999": (lambda x: np.sum(x**2) * (1 - 0.9999), lambda x: 2e-4 * x),
    "exp(-0.1 * 300)": (lambda x: np.sum(x**2) * np.exp(-0.1 * 300), lambda x: 2 * x * np.exp(-30)),
    "0.999**1000": (lambda x: 0.999**1000 * x[0], lambda x: A([math.exp(1000 * math.log(0.999)), 0, 0])),
    "temperature": (lambda x: np.log(np.sum(np.exp(x / 0.07))), lambda x: softmax(x / 0.07) / 0.07),
    "decibels": (lambda x: np.sum(10 ** (x / 20)), lambda x: np.log(10) / 20 * 10 ** (x / 20)),
    "degrees": (lambda x: np.sum(np.sin(x * np.pi / 180)), lambda x: np.cos(np.deg2rad(x)) * np.pi / 180),
    "a sum of tenths": (lambda x: sum(0.1 for _ in range(10)) * x[0], lambda x: A([1.0, 0, 0])),
    "an epsilon": (lambda x: np.sum(x / (np.abs(x) + 1e-12)), lambda x: 1e-12 / (np.abs(x) + 1e-12) ** 2),
    "a mean taken before": (lambda w: np.mean(D @ w), partial(lambda w, mean: mean + 0 * w, mean=D.mean(0))),
}
ROWS = {**LAYERS, **MODELS, **WAYS, **{f"constant {n}": Row(f, df, X3, constants=True) for n, (f, df) in CONSTANTS.items()}}


def checked(row, df):
    one = row.options.get("f_and_grad")
    return check_grad(df if one else row.f, None if one else df, row.x, rng=0, **row.options)


@pytest.mark.parametrize("name", ROWS)
def test_a_right_gradient_gets_its_verdict_from_balls(name):
    row = ROWS[name]
    result = checked(row, row.df or row.f)
    assert result.verdict is row.verdict, str(result)
    assert result.witness.startswith("certified")
    assert result.formula.startswith("equal") or row.verdict is not Verdict.MATCH, str(result)


def spoiled(row, factor):
    """The gradient with one entry, its largest, multiplied by a factor."""
    one = row.options.get("f_and_grad")
    handed = mapped(row.x, lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf)
    ones = () if one or row.options or not np.ndim(row.f(handed)) else (np.ones(np.shape(row.f(handed))),)
    sizes = [np.abs(leaf) for _, leaf in leaves(row.f(handed)[1] if one else row.df(handed, *ones))]
    place = max(range(len(sizes)), key=lambda k: np.max(sizes[k], initial=0.0))
    index = np.unravel_index(np.argmax(sizes[place]), np.shape(sizes[place]))

    def wrong(*args):
        value, grad = row.f(*args) if one else (None, row.df(*args))
        parts = [leaf for _, leaf in leaves(grad)]
        changed = parts[place]
        if np.ndim(changed):
            changed = changed.copy()
            changed[index] = changed[index] * factor
        else:
            changed = changed * factor
        rest = iter([*parts[:place], changed, *parts[place + 1 :]])
        grad = mapped(grad, lambda _: next(rest))
        return (value, grad) if one else grad

    return wrong


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.verdict is Verdict.MATCH])
def test_one_entry_wrong_in_the_13th_digit_is_a_mismatch(name):
    """In the 7th where float constants leave the rest open."""
    row = ROWS[name]
    result = checked(row, spoiled(row, 1 + 2.0 ** (-23 if row.constants else -43)))
    assert result.verdict is Verdict.MISMATCH, str(result)


MISTAKES = {
    "an iteration with a wrong slope": (WAYS["a slower one"], lambda x: dfixed_point(x) * 1.001),
    "a guard is no iteration": (
        Row(lambda x: sum(v**2 if abs(v) > 1e-6 else 0.0 * v for v in x), None, X3),
        lambda x: 2 * x * A([1, 1, 1 + 2.0**-43]),
    ),
    "embedding rows that occur twice, counted once": (
        LAYERS["embedding"],
        lambda p: {**dembedding(p), "E": dembedding(p)["E"] * A([1, 1, 1, 0.5, 1])[:, None]},
    ),
    "attention without its scale in one place": (
        LAYERS["causal attention with -inf"],
        lambda p, d: {**dattention(p, d), "k": dattention(p, d)["k"] * math.sqrt(3)},
    ),
    "batch norm that takes mean and variance for constants": (
        LAYERS["batch norm"],
        lambda p: {**dbatchnorm(p), "x": (p["gamma"] * 0 + 1) * dbatchnorm(p)["x"] - dbatchnorm(p)["x"].mean(0) + 2.0**-20},
    ),
    "the upper triangle that Cholesky never reads": (
        MODELS["Gaussian by Cholesky"],
        lambda p: {**dgaussian(p), "S": (lambda G: (G + G.T) / 2)(dgaussian(p)["S"])},
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_that_people_make_is_a_mismatch(name):
    row, wrong = MISTAKES[name]
    assert check_grad(row.f, wrong, row.x, rng=0).verdict is Verdict.MISMATCH
