import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[0]
    gW1 = np.zeros(W1.shape); gb1 = np.zeros(b1.shape)
    gW2 = np.zeros(W2.shape); gb2 = np.zeros(b2.shape)
    for i in range(1, m):
        xi, yi = x[i], y[i]
        a1 = np.tanh(W1 @ xi + b1)
        a2 = sigmoid(W2 @ a1 + b2)
        d2 = (a2 - yi) * a2 * (1 - a2)
        d1 = (W2.T @ d2) * (1 - a1 ** 2)
        gW2 += np.outer(d2, a1)
        gb2 += d2
        gW1 += np.outer(d1, xi)
        gb1 += d1
    return [(gW1 / m, gb1 / m), (gW2 / m, gb2 / m)]
