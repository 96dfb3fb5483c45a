"""A backward pass as a student writes it, number by number, with every mistake of the catalogue plantable by name.

Arrays are made by np.zeros and filled in loops, functions are those of `math`. Nothing here comes from `symbolic`, nor
from `vectorised` beside it.
"""

import math

import numpy as np


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def gelu_gate(z):
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)


def phi(name, z):
    if name == "identity":
        return z
    if name == "sigmoid":
        return sigmoid(z)
    if name == "tanh":
        return math.tanh(z)
    if name == "relu":
        return z if z > 0 else 0.0
    if name == "leaky_relu":
        return z if z > 0 else 0.01 * z
    if name == "elu":
        return z if z > 0 else math.exp(z) - 1
    if name == "softplus":
        return math.log(1 + math.exp(z))
    if name == "silu":
        return z / (1 + math.exp(-z))
    if name == "gelu":
        return 0.5 * z * (1 + math.tanh(gelu_gate(z)))
    raise ValueError(name)


def dphi(name, z):
    if name == "identity":
        return 1.0
    if name == "sigmoid":
        return sigmoid(z) * (1 - sigmoid(z))
    if name == "tanh":
        return 1 - math.tanh(z) ** 2
    if name == "relu":
        return 1.0 if z > 0 else 0.0
    if name == "leaky_relu":
        return 1.0 if z > 0 else 0.01
    if name == "elu":
        return 1.0 if z > 0 else math.exp(z)
    if name == "softplus":
        return sigmoid(z)
    if name == "silu":
        return sigmoid(z) + z * sigmoid(z) * (1 - sigmoid(z))
    if name == "gelu":
        t = math.tanh(gelu_gate(z))
        return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)
    raise ValueError(name)


def wrong_slope(form, a, z):
    if form == "1 + a^2":
        return 1 + a * a
    if form == "1 - z^2":
        return 1 - z * z
    if form == "z (1 - z)":
        return z * (1 - z)
    if form == "1 - a":
        return 1 - a
    if form == "-a^2":
        return -a * a
    if form == "a (1 + a)":
        return a * (1 + a)
    if form == "a^2":
        return a * a
    if form == "a - 1":
        return a - 1
    raise ValueError(form)


def softmax(z):
    top = max(z)
    e = [math.exp(v - top) for v in z]
    return [v / sum(e) for v in e]


def cost_slope(cost, a, y, m, K):
    """dC/da of one output of one example."""
    if cost == "quadratic":
        return (a - y) / m
    if cost == "mse":
        return 2 * (a - y) / m / K
    if cost == "huber":
        return max(-1.0, min(1.0, a - y)) / m
    if cost == "cross_entropy":
        return -y / a / m
    return (-y / a + (1 - y) / (1 - a)) / m


def right_delta(spec, z, a, y, m):
    """dC/dz of the outputs of one example."""
    K, output, cost = len(a), spec.activations[-1], spec.cost
    delta = np.zeros(K)
    for k in range(K):
        if (output, cost) in (("sigmoid", "bce"), ("softmax", "cross_entropy")):
            delta[k] = (a[k] - y[k]) / m
        elif (output, cost) == ("sigmoid", "cross_entropy"):
            delta[k] = -y[k] * (1 - a[k]) / m
        elif output == "softmax" and cost == "bce":
            rest = [sum(a[i] for i in range(K) if i != j) for j in range(K)]  # 1 - a_j
            for j in range(K):
                h = a[j] * (1 - y[j]) / rest[j] - y[j]
                delta[k] += h * (rest[k] if j == k else -a[k]) / m
        elif output == "softmax":
            for j in range(K):
                delta[k] += cost_slope(cost, a[j], y[j], m, K) * a[j] * ((1 if j == k else 0) - a[k])
        else:
            delta[k] = cost_slope(cost, a[k], y[k], m, K) * dphi(output, z[k])
    return delta


def output_delta(spec, z, a, y, m, mistake, form):
    K = len(a)
    delta = right_delta(spec, z, a, y, m)
    for k in range(K):
        g = cost_slope(spec.cost, a[k], y[k], m, K) if spec.cost != "bce" or a[k] < 1 else math.inf
        if mistake == "missing-output-activation-derivative":
            delta[k] = g
        if mistake == "softmax-derivative-ignored":
            delta[k] = g
        if mistake == "extra-output-activation-derivative":
            delta[k] = delta[k] * a[k] * (1 - a[k])
        if mistake == "output-delta-sign":
            delta[k] = -delta[k]
        if mistake == "cost-derivative-factor" and form == "times 2":
            delta[k] = delta[k] * 2
        if mistake == "cost-derivative-factor" and form == "times 1/2":
            delta[k] = delta[k] / 2
        if mistake == "cost-derivative-factor" and form == "times K":
            delta[k] = delta[k] * K
        if mistake == "cost-derivative-factor" and form == "times 1/K":
            delta[k] = delta[k] / K
        if mistake == "activation-derivative-of-error":
            e = a[k] - y[k]
            delta[k] = e * (1 - e) / m
        if mistake == "softmax-diagonal-only":
            delta[k] = g * a[k] * (1 - a[k])
        if mistake == "activation-derivative-at-activation":
            delta[k] = g * dphi(spec.activations[-1], a[k])
        if mistake == "activation-value-for-derivative":
            delta[k] = g * a[k]
        if mistake == "activation-derivative-wrong-formula":
            delta[k] = g * wrong_slope(form, a[k], z[k])
    return delta


def backward_of(spec, mistake="", layer=0, form=""):
    """``backward(params, x, y) -> [(dW1, db1), ...]`` for a network, with a mistake in one layer (or everywhere)."""
    state = {"calls": 0, "kept": None}
    n = spec.sizes

    def here(name, l):
        return mistake == name and l == layer

    def here_or_everywhere(name, l):
        return mistake == name and (l == layer or not form.endswith("alone"))

    def forward_one(params, x):
        z, a = [None], [x]
        for l in range(1, len(n)):
            W, b = params[l - 1]
            z_l, a_l = np.zeros(n[l]), np.zeros(n[l])
            for j in range(n[l]):
                z_l[j] = b[j]
                for i in range(n[l - 1]):
                    z_l[j] += W[j, i] * a[l - 1][i]
            if spec.activations[l - 1] == "softmax":
                a_l[:] = softmax(z_l)
            else:
                for j in range(n[l]):
                    a_l[j] = phi(spec.activations[l - 1], z_l[j])
            if here("activation-overwritten-in-place", l):
                z_l[:] = a_l
            z.append(z_l)
            a.append(a_l)
        return z, a

    def slope(l, j, z, a, up):
        """What the derivative arriving at unit j of hidden layer l becomes on the other side of the activation."""
        name = spec.activations[l - 1]
        if here("missing-hidden-activation-derivative", l):
            return up
        if here("activation-derivative-at-activation", l):
            return up * dphi(name, a[l][j])
        if here("activation-derivative-of-upstream", l):
            return dphi(name, up)
        if here("activation-value-for-derivative", l):
            return up * a[l][j]
        if here("activation-derivative-wrong-formula", l):
            return up * wrong_slope(form, a[l][j], z[l][j])
        if here("activation-derivative-wrong-layer", l):
            return up * dphi(name, z[l + 1][j] if form.endswith(str(l + 1)) else z[l - 1][j])
        if here("upstream-overwritten", l):
            return dphi(name, z[l][j])
        if here("relu-mask-from-gradient", l):
            return up if up > 0 else 0.0
        if here("relu-mask-always-one", l):
            return up if a[l][j] >= 0 else 0.0
        if here("leaky-slope-missing", l):
            return up if z[l][j] > 0 else 0.0
        return up * dphi(name, z[l][j])

    def back_one(params, z, a, l, delta, new_W, g):
        """delta of hidden layer l for one example from that of layer l + 1."""
        result = np.zeros(n[l])
        for j in range(n[l]):
            up = 0.0
            for k in range(n[l + 1]):
                if here("weight-transpose-missing", l):
                    up += delta[k] * params[l][0][j, k]
                elif here("weight-from-wrong-layer", l):
                    up += delta[k] * params[l - 1][0][k, j]
                elif here("delta-not-propagated", l) and form == "summed without W":
                    up += delta[k]
                elif here("delta-not-propagated", l):
                    up += delta[k] if j == k else 0.0
                elif here("output-derivative-lost-in-recursion", l):
                    up += g[k] * params[l][0][k, j]
                elif here("weights-updated-before-backpropagation", l):
                    up += delta[k] * new_W[k, j]
                else:
                    up += delta[k] * params[l][0][k, j]
            result[j] = slope(l, j, z, a, up)
        return result

    def factor_of_sums(m, l, bias):
        if here_or_everywhere("missing-batch-average", l) and not (bias and "dW" in form):
            return m
        if bias and here_or_everywhere("bias-gradient-not-averaged", l):
            return m
        if mistake == "batch-average-twice" or (bias and here_or_everywhere("bias-gradient-averaged-twice", l)):
            return 1 / m
        if mistake == "batch-averaged-by-wrong-count":
            return 1 / n[-1] if form == "/ (m K)" else m / n[0]
        return 1

    def layer_gradient(params, zs, az, deltas, l):
        W, b = params[l - 1]
        m = len(deltas)
        examples = for_bias = for_weight = list(range(m))
        if mistake == "one-example-only":
            one = [m - 1] if "last" in form else [0]
            for_bias = examples if form.endswith("dW") else one
            for_weight = examples if form.endswith("db") else one
        dW, db = np.zeros((n[l], n[l - 1])), np.zeros(n[l])
        for j in range(n[l]):
            for e in examples:
                delta, a, z = deltas[e], az[e], zs[e]
                factor = delta[j]
                if here("bias-gradient-over-all-entries", l):
                    factor = sum(delta)
                if here("bias-gradient-times-input", l):
                    factor = delta[j] * a[l - 1][j % n[l - 1]]
                if here("bias-gradient-missing", l):
                    factor = 0.0
                if e in for_bias:
                    db[j] += factor
                if e not in for_weight:
                    continue
                for i in range(n[l - 1]):
                    term = delta[j] * a[l - 1][i]
                    if here("weight-gradient-uses-z", l):
                        term = delta[j] * z[l - 1][i]
                    if here("weight-gradient-wrong-activation", l):
                        term = delta[j] * (a[l][i] if form == "a_l" else a[0][i])
                    if here("weight-used-for-activation", l):
                        term = delta[j] * W[j, i]
                    if here("weight-gradient-transposed", l):
                        term = delta[i] * a[l - 1][j]
                    if here_or_everywhere("wrong-order", l):
                        term = delta[j] * az[m - 1 - e][l - 1][i]
                    dW[j, i] += term
        for j in range(n[l]):
            if here("bias-gradient-wrong-axis", l):
                db[j] = sum(deltas[j])
            db[j] = db[j] * factor_of_sums(m, l, True)
            if here_or_everywhere("l2-on-bias", l):
                db[j] += spec.l2 * b[j]
            for i in range(n[l - 1]):
                dW[j, i] = dW[j, i] * factor_of_sums(m, l, False) + l2_term(W[j, i], m, l)
        return dW, db

    def l2_term(w, m, l):
        if here_or_everywhere("l2-missing", l):
            return 0.0
        if here_or_everywhere("l2-factor", l):
            return 2 * spec.l2 * w if "2 lambda" in form else spec.l2 / 2 * w
        if here_or_everywhere("l2-divided-by-batch", l):
            return spec.l2 * w / m
        return spec.l2 * w

    def gradient(params, x, y):
        m, L = len(x), spec.L
        passes = [forward_one(params, x[e]) for e in range(m)]
        zs, az = [z for z, _ in passes], [a for _, a in passes]
        if mistake == "softmax-over-batch":
            for k in range(n[-1]):
                total = sum(math.exp(zs[e][L][k]) for e in range(m))
                for e in range(m):
                    az[e][L][k] = math.exp(zs[e][L][k]) / total
        at_output = mistake if layer == L else ""
        deltas = [output_delta(spec, zs[e][L], az[e][L], y[e], m, at_output, form) for e in range(m)]
        g = [[]] * m
        if mistake == "output-derivative-lost-in-recursion":
            g = [[cost_slope(spec.cost, az[e][L][k], y[e][k], m, n[-1]) for k in range(n[-1])] for e in range(m)]
        grads = {}
        for l in range(L, 0, -1):
            if l < L:
                new_W = params[l][0] - 0.5 * grads[l + 1][0]
                deltas = [back_one(params, zs[e], az[e], l, deltas[e], new_W, g[e]) for e in range(m)]
            grads[l] = layer_gradient(params, zs, az, deltas, l)
        if mistake == "layers-swapped":
            dW, db = grads[layer]
            grads[layer] = (grads[layer + 1][0], db) if "dW" in form else (dW, grads[layer + 1][1])
        for l in range(1, L + 1):
            k = 1
            if mistake == "sign-flipped":
                k = -1
            if mistake == "constant-factor":
                k = 2 if form == "times 2" else 0.5
            if here("zero-gradient", l):
                k = 0
            grads[l] = (k * grads[l][0], k * grads[l][1])
        return [grads[l] for l in range(1, L + 1)]

    def backward(params, x, y):
        state["calls"] += 1
        if mistake == "float32-precision":
            x = x.astype(np.float32).astype(float)
            params = [(W.astype(np.float32).astype(float), b) for W, b in params]
        if mistake == "works-for-one-example-only":
            x, y = x[:1], y[:1]
        grads = gradient(params, x, y)
        if mistake == "accumulates-across-calls":
            if state["kept"] is None:
                state["kept"] = [(np.zeros_like(dW), np.zeros_like(db)) for dW, db in grads]
            for (kept_W, kept_b), (dW, db) in zip(state["kept"], grads, strict=True):
                kept_W += dW
                kept_b += db
            return state["kept"]
        if mistake == "mutates-inputs":
            x[0, 0] = 0.0
        if mistake == "nondeterministic":
            return [(dW * (1 + state["calls"] ** 2 % 7), db) for dW, db in grads]
        return grads

    return backward
