import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def step(params, x, y, learning_rate):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    e2 = (y - a2) * a2 * (1 - a2)          # downhill
    e1 = e2 @ W2 * (1 - a1 ** 2)
    return [(W1 + learning_rate / m * e1.T @ x, b1 + learning_rate * e1.mean(0)),
            (W2 + learning_rate / m * e2.T @ a1, b2 + learning_rate * e2.mean(0))]
