import numpy as np

def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)

def relu_forward(x):
    x[x < 0] = 0
    return x, x

def relu_backward(dout, cache):
    return dout * (cache > 0)
