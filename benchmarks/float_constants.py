"""False alarms of `check_grad` on code with float constants: random correct pairs of a function and its gradient.

``python -m benchmarks.float_constants [TRIALS [SEED]]`` prints how many got which verdict. A constant stands in the function
in one form and in the gradient in another (0.1 / 7 and 1 / 70, 1 - 0.99 and 0.01, 0.7978845608 and sqrt(2 / pi)); data, 1/m and
masks are prepared outside, rounded on the way; costs are sums of parts, as people write them.
"""

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck import check_grad
from gradcheck.arrays.pytree import Array
from gradcheck.judge.verdicts import Verdict

Pair = tuple[Callable[[Any], Any], Callable[[Any], Any]]
Make = Callable[[np.random.Generator], Pair]

# The same number, as it may be written; the first form is taken for the function or for the gradient, another for the other.
CONSTANTS: dict[str, list[Callable[[], Any]]] = {
    "0.01": [lambda: 0.01, lambda: 1 / 100, lambda: 1e-2, lambda: 1 - 0.99, lambda: np.float64(0.01)],
    "1/70": [lambda: 0.1 / 7, lambda: 1 / 70, lambda: (1 / 7) * 0.1],
    "sqrt(2/pi)": [lambda: math.sqrt(2 / math.pi), lambda: 0.7978845608, lambda: 0.7978845608028654],
    "half log 2 pi": [lambda: 0.5 * np.log(2 * np.pi), lambda: 0.9189385332046727, lambda: math.log(math.sqrt(2 * math.pi))],
    "float32": [lambda: np.float32(0.1), lambda: 0.1],
    "float32 alone": [lambda: np.float32(0.7), lambda: np.float32(7) / np.float32(10)],
    "0.3": [lambda: 0.3, lambda: 0.1 + 0.2, lambda: 3 / 10, lambda: 0.1 * 3],
    "lambda / m": [lambda: 0.05 / 13, lambda: (1 / 13) * 0.05, lambda: 0.05 * (1 / 13)],
    "1e-5": [lambda: 1e-5, lambda: 1e-3 * 1e-2, lambda: 10.0**-5],
    "1.702": [lambda: 1.702, lambda: 1702 / 1000],
    "ln 2": [lambda: math.log(2), lambda: np.log(2), lambda: 0.6931471805599453],
    "degrees": [lambda: math.pi / 180, lambda: 0.017453292519943295, lambda: np.deg2rad(1)],
    "bias correction": [lambda: 1 - 0.9**3, lambda: 1 - 0.9 * 0.9 * 0.9, lambda: 0.271],
    "keep": [lambda: 1 / (1 - 0.3), lambda: 1 / 0.7, lambda: 10 / 7],
    "golden": [lambda: (1 + 5**0.5) / 2, lambda: 1.618033988749895],
}


def two_forms(rng: np.random.Generator, name: str | None = None) -> tuple[Any, Any]:
    """One constant twice, each time in a form of its own."""
    forms = CONSTANTS[name or str(rng.choice(list(CONSTANTS)))]
    first, second = rng.integers(len(forms), size=2)
    return forms[first](), forms[second]()


def data(rng: np.random.Generator) -> tuple[Array, Array, int]:
    """A small table of inputs and targets."""
    m = int(rng.integers(2, 8))
    return rng.normal(size=(m, 3)), rng.random(m), m


# Each part is a cost of a vector of three and its gradient.


def ridge(rng: np.random.Generator) -> Pair:
    X, y, m = data(rng)
    inverse, scaled = 1 / m, X.T / m
    ways = [
        lambda w: 2 * inverse * (X.T @ (X @ w - y)),
        lambda w: 2 * scaled @ (X @ w - y),
        lambda w: X.T @ (2 / m * (X @ w - y)),
    ]
    values = [
        lambda w: np.mean((X @ w - y) ** 2),
        lambda w: np.sum((X @ w - y) ** 2) / m,
        lambda w: inverse * ((X @ w - y) @ (X @ w - y)),
    ]
    return values[rng.integers(3)], ways[rng.integers(3)]


def decay(rng: np.random.Generator) -> Pair:
    lam, m = float(rng.choice([0.01, 0.1, 0.3, 1e-3, 1e-4])), int(rng.integers(1, 9))
    return (lambda w: lam / (2 * m) * np.sum(w**2)), (lambda w: lam / m * w)


def logistic(rng: np.random.Generator) -> Pair:
    X, y, m = data(rng)
    center, spread = X.mean(0), X.std(0) + 0.1
    normal = (X - center) / spread

    def f(w):
        z = (X - X.mean(0)) / (X.std(0) + 0.1) @ w
        return np.mean(np.log1p(np.exp(z)) - y * z)

    return f, lambda w: normal.T @ (1 / (1 + np.exp(-(normal @ w))) - y) / m


def soft_labels(rng: np.random.Generator) -> Pair:
    eps, k = float(rng.choice([0.1, 0.05, 0.3])), int(rng.integers(3))
    hot = np.eye(3)[k]
    labels = (1 - eps) * hot + eps / 3

    def softmax(w):
        e = np.exp(w - np.max(w))
        return e / np.sum(e)

    f = lambda w: -np.sum(((1 - eps) * hot + eps / 3) * np.log(softmax(w)))
    return f, (lambda w: softmax(w) - labels) if rng.integers(2) else (lambda w: softmax(w) * np.sum(labels) - labels)


def temperature(rng: np.random.Generator) -> Pair:
    t, k = float(rng.choice([0.7, 1.3, 0.1])), int(rng.integers(3))
    inverse = 1 / t

    def f(w):
        z = w / t
        return np.log(np.sum(np.exp(z - np.max(z)))) + np.max(z) - z[k]

    def grad(w):
        e = np.exp(inverse * w - np.max(inverse * w))
        return (e / e.sum() - np.eye(3)[k]) / t

    return f, grad


def gelu(rng: np.random.Generator) -> Pair:
    c, d = two_forms(rng, "sqrt(2/pi)")
    f = lambda w: np.sum(0.5 * w * (1 + np.tanh(c * (w + 0.044715 * w**3))))

    def grad(w):
        t = np.tanh(d * (w + 0.044715 * w**3))
        return 0.5 * (1 + t) + 0.5 * w * (1 - t**2) * d * (1 + 3 * 0.044715 * w**2)

    return f, grad


def swish(rng: np.random.Generator) -> Pair:
    c, d = two_forms(rng, "1.702")
    sigmoid = lambda z: 1 / (1 + np.exp(-z))

    def grad(w):
        s = sigmoid(d * w)
        return s + d * w * s * (1 - s)

    return (lambda w: np.sum(w * sigmoid(c * w))), grad


def gaussian(rng: np.random.Generator) -> Pair:
    c, _ = two_forms(rng, "half log 2 pi")
    sigma = float(rng.choice([0.7, 0.3, 1.1]))
    variance = sigma**2
    return (lambda w: np.sum(c + np.log(sigma) + 0.5 * ((w - 0.2) / sigma) ** 2)), (lambda w: (w - 0.2) / variance)


def leaky(rng: np.random.Generator) -> Pair:
    c, d = two_forms(rng, "0.01")
    return (lambda w: np.sum(np.where(w > 0, w, c * w) ** 2)), (lambda w: 2 * np.where(w > 0, w, d * d * w))


def elu(rng: np.random.Generator) -> Pair:
    alpha = float(rng.choice([0.1, 0.7, 1.6732632423543772]))
    f = lambda w: np.sum(np.where(w > 0, w, alpha * (np.exp(w) - 1)))
    return f, (lambda w: np.where(w > 0, 1.0, alpha * np.exp(w)))


def huber(rng: np.random.Generator) -> Pair:
    delta = float(rng.choice([0.7, 0.3, 1.345]))
    f = lambda w: np.sum(np.where(np.abs(w) <= delta, 0.5 * w**2, delta * (np.abs(w) - 0.5 * delta)))
    return f, (lambda w: np.clip(w, -delta, delta))


def smooth_norm(rng: np.random.Generator) -> Pair:
    eps = float(rng.choice([1e-8, 1e-5, 1e-12]))
    return (lambda w: np.sum(np.sqrt(w**2 + eps))), (lambda w: w / np.sqrt(w**2 + eps))


def layer_norm(rng: np.random.Generator) -> Pair:
    eps, v = float(rng.choice([1e-5, 1e-3])), rng.normal(size=3)
    f = lambda w: v @ ((w - np.mean(w)) / np.sqrt(np.var(w) + eps))

    def grad(w):
        s = 1 / np.sqrt(w.var() + eps)
        n = (w - w.mean()) * s
        return s * (v - v.mean() - n * np.mean(v * n))

    return f, grad


def dropout(rng: np.random.Generator) -> Pair:
    c, d = two_forms(rng, "keep")
    mask, v = rng.random(3) < 0.7, rng.normal(size=3)
    prepared = mask * d
    return (lambda w: np.sum(np.tanh(mask * w * c) * v)), (lambda w: (1 - np.tanh(prepared * w) ** 2) * v * prepared)


def by_loops(rng: np.random.Generator) -> Pair:
    X, y, m = data(rng)

    def f(w):
        total = 0.0
        for i in range(m):
            total += (sum(X[i, j] * w[j] for j in range(3)) - y[i]) ** 2
        return 0.3 * total / m

    def grad(w):
        g = np.zeros(3)
        for i in range(m):
            g += 2 * 0.3 / m * (np.dot(X[i], w) - y[i]) * X[i]
        return g

    return f, grad


def angles(rng: np.random.Generator) -> Pair:
    c, d = two_forms(rng, "degrees")
    return (lambda w: np.sum(np.sin(40 * c * w))), (lambda w: 40 * d * np.cos(40 * d * w))


def attention(rng: np.random.Generator) -> Pair:
    K, v = rng.normal(size=(4, 3)), rng.normal(size=4)
    scale = 1 / np.sqrt(3)

    def weights(z):
        e = np.exp(z - z.max())
        return e / e.sum()

    def grad(w):
        a = weights(K @ w * scale)
        return scale * (K.T @ (a * (v - v @ a)))

    return (lambda w: weights(K @ w / np.sqrt(3)) @ v), grad


def two_layers(rng: np.random.Generator) -> Pair:
    X, y, m = data(rng)
    V, lam = rng.normal(size=(3, 3)) * 0.5, 0.1

    def f(w):
        a = np.tanh(X @ V.T * 0.3)
        p = 1 / (1 + np.exp(-(a @ w + 0.1)))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + lam / (2 * m) * np.sum(w * w)

    hidden = np.tanh(X @ V.T * 0.3)
    return f, lambda w: hidden.T @ (1 / (1 + np.exp(-(hidden @ w + 0.1))) - y) / m + lam / m * w


def scaled(rng: np.random.Generator) -> Pair:
    c, d = two_forms(rng)
    power = int(rng.integers(2, 5))
    return (lambda w: c * np.sum(w**power)), (lambda w: d * power * w ** (power - 1))


def divided(rng: np.random.Generator) -> Pair:
    c, d = two_forms(rng)
    return (lambda w: np.sum(np.exp(w * 0.1)) / c), (lambda w: 0.1 * np.exp(0.1 * w) / d)


class Model:
    """Constants kept as attributes, prepared in the constructor."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.X, self.y, m = data(rng)
        self.rate, self.inverse = two_forms(rng, "lambda / m")[0], 1 / m
        self.half = self.rate / 2

    def cost(self, w: Any) -> Any:
        return np.sum((self.X @ w - self.y) ** 2) * self.inverse / 2 + self.rate / 2 * np.dot(w, w)

    def gradient(self, w: Any) -> Any:
        return self.X.T @ ((self.X @ w - self.y) * self.inverse) + 2 * self.half * w


def of_a_class(rng: np.random.Generator) -> Pair:
    model = Model(rng)
    return model.cost, model.gradient


def inline_arrays(rng: np.random.Generator) -> Pair:
    prepared = np.array([0.1, 0.2, 0.7]) / 3
    grids = [np.linspace(0, 1, 7), np.arange(7) / 6]
    grid = grids[rng.integers(2)]
    f = lambda w: np.sum(np.array([0.1, 0.2, 0.7]) / 3 * w**2) + sum(np.cos(t * w[0]) for t in np.linspace(0, 1, 7)) / 7
    first = np.array([1.0, 0.0, 0.0])
    return f, lambda w: 2 * prepared * w - first * np.sum(grid * np.sin(grid * w[0])) / 7


def fractional_powers(rng: np.random.Generator) -> Pair:
    p = float(rng.choice([0.75, 1.5, 0.1, 2.3]))
    return (lambda w: np.sum((w**2 + 0.1) ** p)), (lambda w: 2 * p * w * (w**2 + 0.1) ** (p - 1))


def default_arguments(rng: np.random.Generator) -> Pair:
    gamma = float(rng.choice([2.0, 1.5]))

    def f(w, alpha=0.25, gamma=gamma):
        p = 1 / (1 + np.exp(-w))
        return -alpha * np.sum((1 - p) ** gamma * np.log(p))

    def grad(w, alpha=0.25, gamma=gamma):
        p = 1 / (1 + np.exp(-w))
        return -alpha * (1 - p) ** gamma * (1 - p - gamma * p * np.log(p))

    return f, grad


def moving_average(rng: np.random.Generator) -> Pair:
    beta, v = 0.9, rng.normal(size=3)

    def f(w):
        mean = 0.0
        for k in range(3):
            mean = beta * mean + (1 - beta) * w[k] * v[k]
        return (mean / (1 - beta**3)) ** 2

    weights = 0.1 * v * np.array([0.81, 0.9, 1.0])

    def grad(w):
        return 2 * (weights @ w) / (1 - 0.9**3) ** 2 * weights

    return f, grad


PARTS: tuple[Make, ...] = (
    ridge, decay, logistic, soft_labels, temperature, gelu, swish, gaussian, leaky, elu, huber, smooth_norm, layer_norm,
    dropout, by_loops, angles, attention, two_layers, scaled, divided, of_a_class, inline_arrays, fractional_powers,
    default_arguments, moving_average,
)  # fmt: skip


# Parts without a float constant: there an error of 1e-13 in one entry must show.


def squares(rng: np.random.Generator) -> Pair:
    X, y, m = data(rng)
    return (lambda w: np.sum((X @ w - y) ** 2) / m), (lambda w: 2 * X.T @ (X @ w - y) / m)


def log_loss(rng: np.random.Generator) -> Pair:
    X, y, m = data(rng)
    f = lambda w: np.mean(np.log1p(np.exp(X @ w)) - y * (X @ w))
    return f, lambda w: X.T @ (1 / (1 + np.exp(-(X @ w))) - y) / m


def one_hot(rng: np.random.Generator) -> Pair:
    k = int(rng.integers(3))
    return (lambda w: np.log(np.sum(np.exp(w))) - w[k]), (lambda w: np.exp(w) / np.sum(np.exp(w)) - np.eye(3)[k])


def tanh_layer(rng: np.random.Generator) -> Pair:
    X, v = rng.normal(size=(4, 3)), rng.normal(size=4)
    return (lambda w: v @ np.tanh(X @ w)), (lambda w: X.T @ (v * (1 - np.tanh(X @ w) ** 2)))


def whole_powers(rng: np.random.Generator) -> Pair:
    n = int(rng.integers(2, 6))
    return (lambda w: np.sum(w**n) / 3), (lambda w: n * w ** (n - 1) / 3)


EXACT_PARTS: tuple[Make, ...] = (squares, log_loss, one_hot, tanh_layer, whole_powers)


@dataclass(frozen=True)
class Trial:
    """A correct pair, where it is asked, and of which parts it is the sum."""

    f: Callable[[Any], Any]
    grad: Callable[[Any], Any]
    x: Any
    parts: tuple[str, ...]


def trials(rng: np.random.Generator, count: int) -> Iterator[Trial]:
    """Random sums of one to three parts, each with a factor in two forms or none; the vector whole or as a dict of two."""
    for _ in range(count):
        makes = _drawn(PARTS, rng)
        pairs = [_with_factor(make(rng), rng) for make in makes]
        f, grad = _total([f for f, _ in pairs]), _total([g for _, g in pairs])
        x, parts = rng.normal(size=3), tuple(make.__name__ for make in makes)
        if rng.integers(3):
            yield Trial(f, grad, x, parts)
        else:
            yield Trial(*_of_a_dict(f, grad), {"W": x[:2].copy(), "b": x[2:].copy()}, (*parts, "of a dict"))


def planted_trials(rng: np.random.Generator, count: int, error: float = 1e-13) -> Iterator[Trial]:
    """Sums of parts without float constants, and a relative error in the largest entry of the gradient."""
    for _ in range(count):
        makes = _drawn(EXACT_PARTS, rng)
        pairs = [make(rng) for make in makes]
        grad, x = _total([g for _, g in pairs]), rng.normal(size=3)
        factor = np.ones(3)
        factor[np.argmax(np.abs(grad(x)))] += error
        planted = lambda w, grad=grad, factor=factor: grad(w) * factor
        yield Trial(_total([f for f, _ in pairs]), planted, x, tuple(make.__name__ for make in makes))


def _drawn(parts: tuple[Make, ...], rng: np.random.Generator) -> list[Make]:
    return [parts[int(k)] for k in rng.integers(len(parts), size=int(rng.choice([1, 1, 2, 3])))]


def _of_a_dict(f: Callable[[Any], Any], grad: Callable[[Any], Any]) -> Pair:
    whole = lambda p: np.concatenate([p["W"], p["b"]])

    def parts(p: Any) -> Any:
        g = grad(whole(p))
        return {"W": g[:2], "b": g[2:]}

    return (lambda p: f(whole(p))), parts


def _with_factor(pair: Pair, rng: np.random.Generator) -> Pair:
    if rng.integers(2):
        return pair
    (f, grad), (c, d) = pair, two_forms(rng)
    return (lambda w: c * f(w)), (lambda w: d * grad(w))


def _total(functions: list[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def total(w: Any) -> Any:
        result = functions[0](w)
        for function in functions[1:]:
            result = result + function(w)
        return result

    return total


def check(trial: Trial) -> Any:
    """The public answer."""
    return check_grad(trial.f, trial.grad, trial.x)


def main(count: int = 1000, seed: int = 31) -> int:
    """Run the trials and print the verdicts; the exit code tells whether a right one was called wrong or an error unseen."""
    verdicts: Counter[str] = Counter()
    for number, trial in enumerate(trials(np.random.default_rng(seed), count), 1):
        answer = check(trial)
        verdicts[str(answer.verdict)] += 1
        if answer.verdict is not Verdict.MATCH:
            print(f"trial {number}, {' + '.join(trial.parts)}: {answer}", flush=True)
    told = ", ".join(f"{n} {name}" for name, n in sorted(verdicts.items()))
    print(f"{count} correct gradients with float constants: {told}")
    planted = list(planted_trials(np.random.default_rng(seed), count // 10))
    caught = sum(check(trial).verdict is Verdict.MISMATCH for trial in planted)
    print(f"{len(planted)} errors of 1e-13 in one entry of code without float constants: {caught} caught")
    return int(verdicts["mismatch"] > 0 or caught < len(planted))


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
