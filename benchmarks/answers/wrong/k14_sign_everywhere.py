import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    n = x.shape[0]
    h = np.tanh(np.dot(x, W1.T) + b1)
    o = sigmoid(np.dot(h, W2.T) + b2)
    d_o = (o - y) * o * (1 - o) / n
    d_h = np.dot(d_o, W2) * (1 - h ** 2)
    updates = []
    for d, a in ((d_h, x), (d_o, h)):
        updates.append((-np.dot(d.T, a), -np.sum(d, axis=0)))
    return updates
