import numpy as np

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    h = 1 / (1 + np.exp(-(x @ W1.T + b1)))
    o = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    e2 = (o - y) / len(x)
    e1 = e2 @ W2
    return [(e1.T @ x, e1.sum(axis=0)), (e2.T @ h, e2.sum(axis=0))]
