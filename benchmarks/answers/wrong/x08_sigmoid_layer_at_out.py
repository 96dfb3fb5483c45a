import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def sigmoid_forward(x):
    out = sigmoid(x)
    cache = out
    return out, cache

def sigmoid_backward(dout, cache):
    dx = dout * sigmoid(cache) * (1 - sigmoid(cache))
    return dx

def tanh_forward(x):
    t = np.tanh(x)
    return t, t

def tanh_backward(dout, cache):
    return (1 - cache ** 2) * dout
