import numpy as np

weight_decay = 0.01

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = d2 @ W2 * (1 - a1 ** 2)
    dW2 = d2.T @ a1 + weight_decay * W2
    dW1 = d1.T @ x
    return [(dW1, d1.sum(0)), (dW2, d2.sum(0))]
