import numpy as np

def leaky_relu_forward(x):
    out = np.maximum(x, 0.01 * x)
    return out, x

def leaky_relu_backward(dout, cache):
    x = cache
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx
