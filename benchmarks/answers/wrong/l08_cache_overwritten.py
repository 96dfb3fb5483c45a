import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, np.ones(len(x)) @ dout

def sigmoid_forward(x):
    out = sigmoid(x)
    cache = out
    return out, cache

def sigmoid_backward(dout, cache):
    x = cache
    return dout * sigmoid(x) * (1 - sigmoid(x))
