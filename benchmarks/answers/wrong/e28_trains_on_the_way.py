import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    n = len(x)
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / n
    d1 = d2 @ W2 * a1 * (1 - a1)
    grads = [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
    for (W, b), (gW, gb) in zip(params, grads):
        W -= 0.1 * gW
        b -= 0.1 * gb
    return grads
