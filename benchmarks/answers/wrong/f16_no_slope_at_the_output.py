import numpy as np

def relu(v):
    return v * (v > 0)

def sigm(v):
    return 1 / (1 + np.exp(-v))

def backward(params, x, y):
    (A, a), (B, b) = params
    p = x @ A.T + a
    h = relu(p)
    q = h @ B.T + b
    out = sigm(q)
    dq = (out - y) / len(x)
    dh = dq @ B
    dp = dh * (p > 0)
    return [(dp.T @ x, dp.sum(axis=0)), (dq.T @ h, dq.sum(axis=0))]
