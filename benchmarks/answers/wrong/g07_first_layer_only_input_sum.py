import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    h = sigmoid(x @ W1.T + b1)
    o = sigmoid(h @ W2.T + b2)
    d2 = (o - y) * o * (1 - o) / len(x)
    d1 = d2 @ W2 * h * (1 - h)
    dW1 = np.einsum("mi,mj->ij", d1, x)
    db1 = np.einsum("mi,m->i", d1, x[:, 0])
    dW2 = np.einsum("mi,mj->ij", d2, h)
    db2 = np.einsum("mi->i", d2)
    return [(dW1, db1), (dW2, db2)]
