import numpy as np

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    h = np.tanh(x @ W1.T + b1)
    p = softmax(h @ W2.T + b2)
    dp = -y / p / len(x)
    dz2 = dp * p * (1 - p)
    dz1 = dz2 @ W2 * (1 - h ** 2)
    return [(dz1.T @ x, dz1.sum(axis=0)), (dz2.T @ h, dz2.sum(axis=0))]
