import numpy as np

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    gW1, gb1 = np.zeros_like(W1), np.zeros_like(b1)
    gW2, gb2 = np.zeros_like(W2), np.zeros_like(b2)
    for xi, yi in zip(x, y):
        h = np.tanh(W1 @ xi + b1)
        p = softmax(W2 @ h + b2)
        J = np.diag(p) - np.outer(p, p)
        dp = -yi / p
        dz = J @ dp
        gW2 += np.outer(dz, h)
        gb2 += dz
        dh = W2.T @ dz
        dz1 = dh * (1 - h ** 2)
        gW1 += np.outer(dz1, xi)
        gb1 += dz1
    return [(gW1 / m, gb1 / m), (gW2 / m, gb2 / m)]
