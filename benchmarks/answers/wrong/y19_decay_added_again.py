import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

LAM = 0.1

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = d2 @ W2 * (1 - a1 ** 2)
    dW2 = d2.T @ a1 + LAM * W2
    dW1 = d1.T @ x + LAM * W1
    dW1 += LAM * W1
    return [(dW1, d1.sum(axis=0)), (dW2, d2.sum(axis=0))]
