import numpy as np

def sigmoid_forward(x):
    s = 1 / (1 + np.exp(-x))
    return s, s

def sigmoid_backward(dout, cache):
    s = cache
    dx = s * (1 - s)
    return dx
