import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    h = np.maximum(0, x @ W1.T + b1)
    o = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    n = x.shape[0]
    go = (o - y) * o * (1 - o) / n
    gW2, gb2 = go.T @ h, go.sum(axis=0)
    gh = go @ W2
    gh *= h >= 0
    gW1, gb1 = gh.T @ x, gh.sum(axis=0)
    return [(gW1, gb1), (gW2, gb2)]
