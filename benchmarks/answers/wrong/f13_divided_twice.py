import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    dcost = (a2 - y) / m
    delta2 = dcost * a2 * (1 - a2)
    delta1 = delta2 @ W2 * (1 - a1 ** 2)
    dW2 = delta2.T @ a1 / m
    db2 = delta2.sum(axis=0) / m
    dW1 = delta1.T @ x / m
    db1 = delta1.sum(axis=0) / m
    return [(dW1, db1), (dW2, db2)]
