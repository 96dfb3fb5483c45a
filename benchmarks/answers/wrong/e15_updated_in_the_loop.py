import numpy as np

def sig(z):
    return 1 / (1 + np.exp(-z))

def step(params, x, y, lr):
    acts = [x]
    for W, b in params:
        acts.append(sig(acts[-1] @ W.T + b))
    new = [None] * len(params)
    d = (acts[-1] - y) * acts[-1] * (1 - acts[-1]) / len(x)
    for i in range(len(params) - 1, -1, -1):
        W, b = params[i]
        W = W - lr * d.T @ acts[i]
        b = b - lr * d.sum(axis=0)
        new[i] = (W, b)
        if i > 0:
            d = d @ W * acts[i] * (1 - acts[i])
    return new
