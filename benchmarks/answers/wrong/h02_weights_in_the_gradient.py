import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    n = len(x)
    hidden = np.tanh(x @ W1.T + b1)
    output = sigmoid(hidden @ W2.T + b2)
    delta_o = (output - y) * output * (1 - output) / n
    delta_h = (delta_o @ W2) * (1 - hidden ** 2)
    grad_W2 = delta_o.sum(axis=0)[:, None] * W2
    grad_W1 = delta_h.T @ x
    return [(grad_W1, delta_h.sum(axis=0)), (grad_W2, delta_o.sum(axis=0))]
