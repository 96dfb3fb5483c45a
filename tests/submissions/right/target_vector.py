# network: 3-4:tanh-1:identity/mse
import numpy as np


def backward(params, x, y):
    """A single output: y is (m,)."""
    (W1, b1), (W2, b2) = params
    h = np.tanh(np.dot(x, W1.T) + b1)
    prediction = np.dot(h, W2[0]) + b2[0]
    d = 2 * (prediction - y) / y.shape[0]
    dh = np.outer(d, W2[0]) * (1 - h**2)
    return [(dh.T.dot(x), dh.sum(axis=0)), (d.dot(h)[None, :], np.array([d.sum()]))]
