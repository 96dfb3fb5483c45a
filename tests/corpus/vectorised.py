"""A backward pass as NumPy users write it, by hand, with every mistake of the catalogue plantable by name.

``backward_of(spec, "weight-transpose-missing", layer=2)`` makes the mistake in one place; without a name it is right.
Nothing here comes from `symbolic`: it is what the catalogue there is compared with.
"""

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


def gelu_gate(z):
    return np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)


def dgelu(z):
    t = np.tanh(gelu_gate(z))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * z**2)


PHI = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: z * (z > 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "silu": lambda z: z * sigmoid(z),
    "gelu": lambda z: 0.5 * z * (1 + np.tanh(gelu_gate(z))),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}
DPHI = {
    "identity": lambda z: np.ones_like(z),
    "sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: 1.0 * (z > 0),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
    "elu": lambda z: np.where(z > 0, 1.0, np.exp(np.minimum(z, 0))),
    "softplus": sigmoid,
    "silu": lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z))),
    "gelu": dgelu,
}
WRONG_SLOPES = {
    "1 + a^2": lambda a, z: 1 + a**2,
    "1 - a": lambda a, z: 1 - a,
    "-a^2": lambda a, z: -(a**2),
    "1 - z^2": lambda a, z: 1 - z**2,
    "a (1 + a)": lambda a, z: a * (1 + a),
    "a^2": lambda a, z: a**2,
    "a - 1": lambda a, z: a - 1,
    "z (1 - z)": lambda a, z: z * (1 - z),
}


def cost_slope(cost, a, y):
    """dC/da of every example, with the 1/m."""
    m, K = a.shape
    if cost == "quadratic":
        return (a - y) / m
    if cost == "mse":
        return 2 * (a - y) / (m * K)
    if cost == "huber":
        return np.clip(a - y, -1, 1) / m
    if cost == "cross_entropy":
        return -y / a / m
    return (a - y) / (a * (1 - a)) / m


def right_output_delta(spec, z, a, y):
    """dC/dz of the last layer."""
    m, K = a.shape
    output, cost = spec.activations[-1], spec.cost
    if (output, cost) in (("sigmoid", "bce"), ("softmax", "cross_entropy")):
        return (a - y) / m
    if (output, cost) == ("sigmoid", "cross_entropy"):
        return -y * sigmoid(-z) / m
    if (output, cost) == ("softmax", "bce"):
        others = 1 - np.eye(K)
        rest = a @ others
        h = a * (1 - y) / rest - y
        return (h * rest - a * (h @ others)) / m
    g = cost_slope(cost, a, y)
    if output == "softmax":
        return a * (g - (g * a).sum(axis=1, keepdims=True))
    return g * DPHI[output](z)


def output_delta(spec, z, a, y, mistake, form):
    m, K = a.shape
    delta = right_output_delta(spec, z, a, y)
    if mistake in ("missing-output-activation-derivative", "softmax-derivative-ignored"):
        return cost_slope(spec.cost, a, y)
    if mistake == "extra-output-activation-derivative":
        return delta * (a * (1 - a) if spec.activations[-1] == "softmax" else DPHI[spec.activations[-1]](z))
    if mistake == "output-delta-sign":
        return -delta
    if mistake == "cost-derivative-factor":
        return delta * {"times 2": 2, "times 1/2": 0.5, "times K": K, "times 1/K": 1 / K}[form]
    if mistake == "activation-derivative-of-error":
        return (a - y) * (1 - (a - y)) / m
    if mistake == "softmax-diagonal-only":
        return cost_slope(spec.cost, a, y) * a * (1 - a)
    slope = shared_wrong_slope(spec.activations[-1], a, z, mistake, form)
    return delta if slope is None else cost_slope(spec.cost, a, y) * slope


def shared_wrong_slope(activation, a, z, mistake, form):
    """What stands for phi' in a layer, hidden or not, as one wrong function for all of them gives it; None if it is right."""
    if mistake == "activation-derivative-at-activation":
        return DPHI[activation](a)
    if mistake == "activation-value-for-derivative":
        return a
    if mistake == "activation-derivative-wrong-formula":
        return WRONG_SLOPES[form](a, z)
    return None


def hidden_delta(spec, params, z, a, delta, g, layer, mistake, form):
    """delta of a hidden layer from that of the next; ``g`` is dC/da of the output."""
    W, dphi = params[layer][0], DPHI[spec.activations[layer - 1]]  # W of layer + 1
    upstream = delta @ W
    if mistake == "weight-transpose-missing":
        upstream = delta @ W.T
    if mistake == "weight-from-wrong-layer":
        upstream = delta @ params[layer - 1][0]
    if mistake == "delta-not-propagated":
        upstream = delta if form == "reused" else delta.sum(axis=1, keepdims=True) * np.ones(spec.sizes[layer])
    if mistake == "output-derivative-lost-in-recursion":
        upstream = g @ W
    if mistake == "weights-updated-before-backpropagation":
        dW = delta.T @ a[layer] + spec.l2 * W
        upstream = delta @ (W - 0.5 * dW)
    if mistake == "missing-hidden-activation-derivative":
        return upstream
    slope = shared_wrong_slope(spec.activations[layer - 1], a[layer], z[layer], mistake, form)
    if slope is not None:
        return upstream * slope
    if mistake == "activation-derivative-of-upstream":
        return dphi(upstream)
    if mistake == "activation-derivative-wrong-layer":
        return upstream * dphi(z[int(form.removeprefix("phi' at z_"))])
    if mistake == "upstream-overwritten":
        return dphi(z[layer])
    if mistake == "relu-mask-from-gradient":
        return upstream * (upstream > 0)
    if mistake == "relu-mask-always-one":
        return upstream * (a[layer] >= 0)
    if mistake == "leaky-slope-missing":
        return upstream * (z[layer] > 0)
    return upstream * dphi(z[layer])


def weight_gradient(spec, W, z, a, delta, layer, mistake, form):
    if mistake == "weight-gradient-uses-z":
        return delta.T @ z[layer - 1]
    if mistake == "weight-gradient-wrong-activation":
        return delta.T @ (a[layer] if form == "a_l" else a[0])
    if mistake == "weight-used-for-activation":
        return delta.sum(axis=0)[:, np.newaxis] * W
    if mistake == "weight-gradient-transposed":
        return a[layer - 1].T @ delta
    if mistake == "wrong-order":
        return delta.T @ a[layer - 1][::-1]
    return delta.T @ a[layer - 1]


def bias_gradient(a, delta, layer, mistake):
    if mistake == "bias-gradient-over-all-entries":
        return np.full(delta.shape[1], delta.sum())
    if mistake == "bias-gradient-times-input":
        return (delta * a[layer - 1]).sum(axis=0)
    if mistake == "bias-gradient-missing":
        return np.zeros(delta.shape[1])
    if mistake == "bias-gradient-wrong-axis":
        return delta.sum(axis=1)
    return delta.sum(axis=0)


def batch_factors(spec, m, mistake, form):
    """What the sums over the batch for dW and for db are multiplied by; 1 where the 1/m is right."""
    factor = {
        "missing-batch-average": m,
        "batch-average-twice": 1 / m,
        "batch-averaged-by-wrong-count": 1 / spec.sizes[-1] if form == "/ (m K)" else m / spec.sizes[0],
    }.get(mistake, 1)
    in_bias = 1 if form.startswith("in dW") else factor
    biases = {"bias-gradient-not-averaged": m, "bias-gradient-averaged-twice": 1 / m}.get(mistake, in_bias)
    return factor, biases


def l2_terms(spec, W, b, m, mistake, form):
    term = spec.l2 * W
    if mistake == "l2-missing":
        term = 0 * W
    if mistake == "l2-factor":
        term = term * (2 if form.startswith("2 lambda") else 0.5)
    if mistake == "l2-divided-by-batch":
        term = term / m
    return term, (spec.l2 * b if mistake == "l2-on-bias" else 0)


def whole(spec, grads, mistake, layer, form):
    """Mistakes made once all gradients are there."""
    if mistake == "sign-flipped":
        return [(-dW, -db) for dW, db in grads]
    if mistake == "constant-factor":
        k = {"times 2": 2, "times 1/2": 0.5}[form]
        return [(k * dW, k * db) for dW, db in grads]
    if mistake == "zero-gradient":
        return [(0 * dW, 0 * db) if l == layer else (dW, db) for l, (dW, db) in enumerate(grads, start=1)]
    if mistake == "layers-swapped":
        (dW, db), (upper_W, upper_b) = grads[layer - 1], grads[layer]
        grads[layer - 1] = (upper_W, db) if form.startswith("dW") else (dW, upper_b)
    return grads


def backward_of(spec, mistake="", layer=0, form=""):
    """``backward(params, x, y) -> [(dW1, db1), ...]`` for a network, with a mistake in one layer (or everywhere)."""
    kept, calls = [], np.random.default_rng(0)

    def here(l):
        return mistake if l == layer else ""

    def here_or_everywhere(l):
        return here(l) if "alone" in form else mistake

    def forward(params, x):
        z, a = {}, {0: x}
        for l, (W, b) in enumerate(params, start=1):
            z[l] = a[l - 1] @ W.T + b
            phi = PHI[spec.activations[l - 1]]
            if mistake == "softmax-over-batch" and l == spec.L:
                phi = lambda z: np.exp(z) / np.exp(z).sum(axis=0)
            if here(l) == "activation-overwritten-in-place":
                z[l][...] = phi(z[l])
                a[l] = z[l]
                continue
            a[l] = phi(z[l])
        return z, a

    def gradient(params, x, y):
        m = len(x)
        z, a = forward(params, x)
        g = cost_slope(spec.cost, a[spec.L], y) if mistake == "output-derivative-lost-in-recursion" else None
        delta = output_delta(spec, z[spec.L], a[spec.L], y, here(spec.L), form)
        grads = []
        for l in reversed(spec.layers):
            W, b = params[l - 1]
            if l < spec.L:
                delta = hidden_delta(spec, params, z, a, delta, g, l, here(l), form)
            factor, bias_factor = batch_factors(spec, m, here_or_everywhere(l), form)
            whole_order = mistake if mistake == "wrong-order" and not form.endswith("alone") else here(l)
            dW = weight_gradient(spec, W, z, a, delta, l, whole_order, form)
            db = bias_gradient(a, delta, l, here(l))
            if mistake == "one-example-only":
                one = slice(-1, None) if form.startswith("the last") else slice(0, 1)
                dW = dW if form.endswith("in db") else delta[one].T @ a[l - 1][one]
                db = db if form.endswith("in dW") else delta[one].sum(axis=0)
            R, r = l2_terms(spec, W, b, m, here_or_everywhere(l), form)
            grads.insert(0, (factor * dW + R, bias_factor * db + r))
        return whole(spec, grads, mistake, layer, form)

    def backward(params, x, y):
        if mistake == "float32-precision":
            params = [(W.astype(np.float32), b.astype(np.float32)) for W, b in params]
            return gradient(params, x.astype(np.float32), y.astype(np.float32))
        if mistake == "works-for-one-example-only":
            return gradient(params, x[:1], y[:1])
        grads = gradient(params, x, y)
        if mistake == "accumulates-across-calls":
            if not kept:
                kept.extend((0 * dW, 0 * db) for dW, db in grads)
            for total, new in zip(kept, grads, strict=True):
                total[0][...] += new[0]
                total[1][...] += new[1]
            return kept
        if mistake == "mutates-inputs":
            for (W, _), (dW, _) in zip(params, grads, strict=True):
                W -= 0.1 * dW
        if mistake == "nondeterministic":
            return [(dW * calls.choice([0.5, 2.0], dW.shape), db) for dW, db in grads]
        return grads

    return backward
