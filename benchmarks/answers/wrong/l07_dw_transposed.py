import numpy as np

def affine_forward(x, w, b):
    """x (N, D), w (D, M), b (M,)"""
    out = x @ w + b
    cache = (x, w, b)
    return out, cache

def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = dout.T @ x
    db = np.sum(dout, axis=0)
    return dx, dw, db
