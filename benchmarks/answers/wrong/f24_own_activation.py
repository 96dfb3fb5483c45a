import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2), (W3, b3) = params
    A1 = np.tanh(x @ W1.T + b1)
    A2 = np.tanh(A1 @ W2.T + b2)
    A3 = 1 / (1 + np.exp(-(A2 @ W3.T + b3)))
    N = float(len(x))
    D3 = (A3 - y) * A3 * (1 - A3) / N
    D2 = (D3 @ W3) * (1 - A2 ** 2)
    D1 = (D2 @ W2) * (1 - A1 ** 2)
    G3 = D3.T @ A2
    G2 = D2.T @ A2
    G1 = D1.T @ x
    return [(G1, D1.sum(axis=0)), (G2, D2.sum(axis=0)), (G3, D3.sum(axis=0))]
