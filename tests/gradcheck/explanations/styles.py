"""One backward pass in the styles in which people write it; a mistake is one piece of text changed, so its line is known."""

HELPERS = """\
import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def tanh_slope(a):
    return 1 - a ** 2
def forward(params, x):
    cache = {"a0": x}
    for l, (W, b) in enumerate(params, 1):
        cache[f"z{l}"] = cache[f"a{l - 1}"] @ W.T + b
        cache[f"a{l}"] = np.tanh(cache[f"z{l}"]) if l < len(params) else sigmoid(cache[f"z{l}"])
    return cache
def output_error(cache, y, L):
    a = cache[f"a{L}"]
    return (a - y) * a * (1 - a) / len(y)
def backward(params, x, y):
    cache, L = forward(params, x), len(params)
    delta = output_error(cache, y, L)
    grads = [None] * L
    for l in range(L, 0, -1):
        grads[l - 1] = (delta.T @ cache[f"a{l - 1}"], delta.sum(axis=0))
        if l > 1:
            back = delta @ params[l - 1][0]
            delta = back * tanh_slope(cache[f"a{l - 1}"])
    return grads
"""
PLAIN = """\
import numpy as np
def slope(a):
    return 1 - a ** 2
def backward(params, x, y):
    (W1, b1), (W2, b2), (W3, b3) = params
    m = len(x)
    z1 = x @ W1.T + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2.T + b2
    a2 = np.tanh(z2)
    a3 = 1 / (1 + np.exp(-(a2 @ W3.T + b3)))
    err = a3 - y
    d3 = err * a3 * (1 - a3)
    dW3 = d3.T @ a2 / m
    db3 = d3.sum(axis=0) / m
    d2 = (d3 @ W3) * slope(a2)
    dW2 = d2.T @ a1 / m
    db2 = d2.sum(axis=0) / m
    g1 = d2 @ W2
    s1 = slope(a1)
    d1 = g1 * s1
    dW1 = d1.T @ x / m
    db1 = d1.sum(axis=0) / m
    return [(dW1, db1), (dW2, db2), (dW3, db3)]
"""
EXAMPLES = """\
import numpy as np
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    dW1, db1 = np.zeros(W1.shape), np.zeros(b1.shape)
    dW2, db2 = np.zeros(W2.shape), np.zeros(b2.shape)
    for i in range(m):
        z1 = W1 @ x[i] + b1
        a1 = np.tanh(z1)
        z2 = W2 @ a1 + b2
        a2 = 1 / (1 + np.exp(-z2))
        d2 = (a2 - y[i]) * a2 * (1 - a2)
        d1 = (W2.T @ d2) * (1 - a1 ** 2)
        dW2 += np.outer(d2, a1)
        db2 += d2
        dW1 += np.outer(d1, x[i])
        db1 += d1
    dW1 /= m
    db1 /= m
    dW2 /= m
    db2 /= m
    return [(dW1, db1), (dW2, db2)]
"""
COLUMNS = """\
import numpy as np
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    X, Y = x.T, y.T
    m = X.shape[1]
    Z1 = W1 @ X + b1.reshape(-1, 1)
    A1 = np.tanh(Z1)
    Z2 = W2 @ A1 + b2.reshape(-1, 1)
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = (A2 - Y) * A2 * (1 - A2)
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (1 - A1 ** 2)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1) / m
    return [(dW1, db1), (dW2, db2)]
"""
REVERSED = """\
import numpy as np
class Net:
    def __init__(self, params):
        self.params = params
    def forward(self, x):
        self.a = [x]
        for W, b in self.params[:-1]:
            self.a.append(np.tanh(self.a[-1] @ W.T + b))
        W, b = self.params[-1]
        self.a.append(1 / (1 + np.exp(-(self.a[-1] @ W.T + b))))
        return self.a[-1]
    def backward(self, y):
        error = y - self.a[-1]
        delta = error * self.a[-1] * (1 - self.a[-1])
        grads = []
        for l in reversed(range(len(self.params))):
            dW = -delta.T @ self.a[l] / len(y)
            db = -delta.sum(axis=0) / len(y)
            grads.insert(0, (dW, db))
            if l > 0:
                delta = delta @ self.params[l][0] * (1 - self.a[l] ** 2)
        return grads
def backward(params, x, y):
    net = Net(params)
    net.forward(x)
    return net.backward(y)
"""
INLINE = """\
import numpy as np
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    dW2 = d2.T @ a1
    db2 = d2.sum(axis=0)
    dW1 = ((d2 @ W2) * (1 - a1 ** 2)).T @ x
    db1 = ((d2 @ W2) * (1 - a1 ** 2)).sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
"""
RELU = """\
import numpy as np
def relu(z):
    return np.maximum(z, 0)
def relu_grad(z):
    return (z > 0).astype(float)
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    h = relu(z1)
    scores = h @ W2.T + b2
    p = softmax(scores)
    dscores = (p - y) / len(x)
    dW2 = dscores.T @ h + LAM * W2
    db2 = dscores.sum(axis=0)
    dh = dscores @ W2
    dz1 = dh * relu_grad(z1)
    dW1 = dz1.T @ x + LAM * W1
    db1 = dz1.sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
LAM = 0.5
"""
ZEROS = """\

import numpy as np
def backward(params, x, y):
    a = [x]
    for W, b in params:
        a.append(1 / (1 + np.exp(-(a[-1] @ W.T + b))))
    grads = [(np.zeros(W.shape), np.zeros(b.shape)) for W, b in params]
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    grads[-1] = (delta.T @ a[-2], delta.sum(axis=0))
    for l in range(len(params) - 2, -1, -1):
        delta = (delta @ params[l + 1][0]) * a[l + 1] * (1 - a[l + 1])
        grads[l] = (delta.T @ a[l], delta.sum(axis=0))
    return grads
"""
SLOPES = """\

import numpy as np
def s(z):
    return 1 / (1 + np.exp(-z))
def ds(a):
    return a * (1 - a)
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = s(z1)
    z2 = a1 @ W2.T + b2
    a2 = s(z2)
    e2 = a2 - y
    d2 = e2 * ds(a2) / len(x)
    h = a1
    d1 = (d2 @ W2) * ds(h)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
"""
TWO, THREE, SOFT = "3-4:tanh-2", "3-4:tanh-5:tanh-2", "3-4:relu-2/cross_entropy+l2=0.5"
STYLES = {
    "helpers": (HELPERS, THREE), "plain": (PLAIN, THREE), "examples": (EXAMPLES, TWO), "columns": (COLUMNS, TWO),
    "reversed": (REVERSED, THREE), "inline": (INLINE, TWO), "relu": (RELU, SOFT),
    "zeros": (ZEROS, "3-4-5-2"), "slopes": (SLOPES, "3-4-2"),
}  # fmt: skip


def changed(style: str, right: str, wrong: str, which: int = 0) -> tuple[str, str, int]:
    """The text with one piece of it changed, where it stands for the ``which``-th time; the network, and the line."""
    text, network = STYLES[style]
    parts = text.split(right)
    assert len(parts) > which + 1, (style, right)
    before = right.join(parts[: which + 1])
    return before + wrong + right.join(parts[which + 1 :]), network, before.count("\n") + 1
