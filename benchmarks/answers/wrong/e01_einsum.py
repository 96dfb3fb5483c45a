import numpy as np


def logistic(t):
    return 1.0 / (1.0 + np.exp(-t))


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    n = x.shape[0]
    z1 = np.einsum("ni,hi->nh", x, W1) + b1
    a1 = np.tanh(z1)
    z2 = np.einsum("nh,oh->no", a1, W2) + b2
    out = logistic(z2)
    e2 = (out - y) * out * (1 - out) / n
    e1 = np.einsum("no,oh->nh", e2, W2) * (1 - z1 ** 2)
    return [
        (np.einsum("nh,ni->hi", e1, x), e1.sum(0)),
        (np.einsum("no,nh->oh", e2, a1), e2.sum(0)),
    ]
