"""The cost of a network in plain Python over mpmath numbers: an oracle that shares no formula with NumPy's side.

Formulas are written as in a book, with no care for overflow: mpmath's exponents have no bound. Only 1 - a is taken as
the sum of the other outputs, because 50 digits cannot hold 1 - exp(-20000).
"""

from mpmath import mp, mpc, mpf

mp.dps = 50
STEP = mpf(10) ** -30


def gate(z):
    return 1 / (1 + mp.exp(-z))


ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": gate,
    "tanh": lambda z: 1 - 2 / (mp.exp(2 * z) + 1),
    "relu": lambda z: z if z.real > 0 else 0 * z,
    "leaky_relu": lambda z: z if z.real > 0 else mpf(0.01) * z,
    "elu": lambda z: z if z.real > 0 else mp.exp(z) - 1,
    "softplus": lambda z: mp.log(1 + mp.exp(z)) if z.real < 0 else z + mp.log(1 + mp.exp(-z)),
    "silu": lambda z: z * gate(z),
    "gelu": lambda z: z * gate(2 * mp.sqrt(2 / mp.pi) * (z + mpf("0.044715") * z**3)),
}


def outputs(name, z):
    """Each output a and 1 - a."""
    if name == "softmax":
        e = [mp.exp(value) for value in z]
        return [v / sum(e) for v in e], [sum(e[:k] + e[k + 1 :]) / sum(e) for k in range(len(e))]
    if name == "sigmoid":
        return [gate(v) for v in z], [gate(-v) for v in z]
    a = [ACTIVATIONS[name](v) for v in z]
    return a, [1 - v for v in a]


def huber(e):
    return e * e / 2 if abs(e.real) <= 1 else (e if e.real > 0 else -e) - mpf(1) / 2


COSTS = {  # of one example; the mean over the batch is taken below
    "quadratic": lambda a, rest, y: sum((p - t) ** 2 for p, t in zip(a, y, strict=True)) / 2,
    "mse": lambda a, rest, y: sum((p - t) ** 2 for p, t in zip(a, y, strict=True)) / len(a),
    "huber": lambda a, rest, y: sum(huber(p - t) for p, t in zip(a, y, strict=True)),
    "bce": lambda a, rest, y: -sum(
        (t * mp.log(p) if t else 0) + ((1 - t) * mp.log(q) if t != 1 else 0)
        for p, q, t in zip(a, rest, y, strict=True)
    ),
    "cross_entropy": lambda a, rest, y: -sum(t * mp.log(p) for p, t in zip(a, y, strict=True) if t),
}


def cost(spec, params, x, y):
    """``params`` hold nested lists of mpmath numbers; x and y are arrays of floats."""
    total = mpf(0)
    for row, target in zip(x.tolist(), y.tolist(), strict=True):
        a = [mpf(value) for value in row]
        for layer in spec.layers:
            weights, biases = params[f"W{layer}"], params[f"b{layer}"]
            z = [sum(w * v for w, v in zip(line, a, strict=True)) + b for line, b in zip(weights, biases, strict=True)]
            a, rest = outputs(spec.activations[layer - 1], z)
        total += COSTS[spec.cost](a, rest, [mpf(value) for value in target])
    squares = sum(w**2 for layer in spec.layers for line in params[f"W{layer}"] for w in line)
    return total / len(x) + mpf(spec.l2) / 2 * squares


def gradient(spec, params, x, y):
    """Every partial derivative by a complex step of 1e-30, as floats in nested lists by key."""
    exact = {key: lifted(value.tolist()) for key, value in params.items()}
    grads = {}
    for key, shape in spec.shapes.items():
        rows = exact[key] if len(shape) == 2 else [exact[key]]
        slopes = [[slope(spec, exact, x, y, row, k) for k in range(len(row))] for row in rows]
        grads[key] = slopes if len(shape) == 2 else slopes[0]
    return grads


def slope(spec, exact, x, y, row, k):
    kept = row[k]
    row[k] = mpc(kept, STEP)
    value = cost(spec, exact, x, y)
    row[k] = kept
    return float(value.imag / STEP)


def lifted(values):
    return [lifted(v) if isinstance(v, list) else mpf(v) for v in values]
