# network: 3-4:tanh-3:softmax/quadratic
import numpy as np


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def backward(params, x, y):
    """One example at a time, every derivative as a Jacobian matrix."""
    total = [[np.zeros_like(W), np.zeros_like(b)] for W, b in params]
    for xi, yi in zip(x, y):
        a, zs, acts = xi, [], [xi]
        for l, (W, b) in enumerate(params):
            zs.append(W @ a + b)
            a = softmax(zs[-1]) if l == len(params) - 1 else np.tanh(zs[-1])
            acts.append(a)
        row = (a - yi)[None, :]
        for l in range(len(params) - 1, -1, -1):
            s = acts[l + 1]
            J = np.diag(s) - np.outer(s, s) if l == len(params) - 1 else np.diag(1 - s**2)
            row = row @ J
            total[l][0] += np.outer(row[0], acts[l])
            total[l][1] += row[0]
            row = row @ params[l][0]
    return [(dW / len(x), db / len(x)) for dW, db in total]
