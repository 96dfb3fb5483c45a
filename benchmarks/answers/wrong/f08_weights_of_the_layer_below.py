import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2), (W3, b3) = params
    a0 = x
    a1 = np.tanh(a0.dot(W1.T) + b1)
    a2 = np.tanh(a1.dot(W2.T) + b2)
    a3 = sigmoid(a2.dot(W3.T) + b3)
    m = a0.shape[0]
    d3 = (a3 - y) * a3 * (1.0 - a3)
    d2 = d3.dot(W3) * (1.0 - a2 ** 2)
    d1 = d2.dot(W1) * (1.0 - a1 ** 2)
    return [
        (d1.T.dot(a0) / m, d1.sum(0) / m),
        (d2.T.dot(a1) / m, d2.sum(0) / m),
        (d3.T.dot(a2) / m, d3.sum(0) / m),
    ]
