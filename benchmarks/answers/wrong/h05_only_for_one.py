import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    h = sigmoid(x @ W1.T + b1)
    o = sigmoid(h @ W2.T + b2)
    eo = (o - y) * o * (1 - o) / m
    eh = (eo @ W2) * h * (1 - h)
    dW2 = np.outer(eo.sum(axis=0), h.sum(axis=0))
    dW1 = eh.T @ x
    return [(dW1, eh.sum(axis=0)), (dW2, eo.sum(axis=0))]
