import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    pre = x @ W1.T + b1
    hid = np.maximum(pre, 0, out=pre)
    out = sigmoid(hid @ W2.T + b2)
    g2 = (out - y) * out * (1 - out) / len(x)
    g1 = g2 @ W2
    g1 *= pre >= 0
    return [(g1.T @ x, g1.sum(axis=0)), (g2.T @ hid, g2.sum(axis=0))]
