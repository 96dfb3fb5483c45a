import numpy as np

def f(z): return np.tanh(z)
def g(z): return 1 / (1 + np.exp(-z))

def gradients(params, x, y):
    (W1, b1), (W2, b2) = params
    n = x.shape[0]
    h = f(x @ W1.T + b1)
    o = g(h @ W2.T + b2)
    do = (o - y) * o * (1 - o)
    dh = (do @ W2) * (1 - h * h)
    out = {}
    out["W2"] = do.T @ h / n
    out["b2"] = do.sum(axis=0)
    out["W1"] = -dh.T @ x / n
    out["b1"] = dh.sum(axis=0) / n
    return out

def backward(params, x, y):
    out = gradients(params, x, y)
    return [(out["W1"], out["b1"]), (out["W2"], out["b2"])]
