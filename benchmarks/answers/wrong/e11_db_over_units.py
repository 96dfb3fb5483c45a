import numpy as np

def affine_forward(x, w, b):
    out = np.dot(x, w) + b
    return out, (x, w)

def affine_backward(dout, cache):
    x, w = cache
    dx = np.dot(dout, w.T)
    dw = np.dot(x.T, dout)
    db = np.sum(dout, axis=1)
    return dx, dw, db

def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0)
