import numpy as np

ALPHA = 0.01

def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = dout @ w.T, x.T @ dout, dout.sum(axis=0)
    return dx, dw, db

def leaky_relu_forward(x):
    out = np.where(x > 0, x, ALPHA * x)
    return out, x

def leaky_relu_backward(dout, cache):
    x = cache
    dx = np.array(dout)
    dx[x < 0] = 0
    return dx
