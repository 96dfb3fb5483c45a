# network: 3-4:gelu-2:identity/mse
import numpy as np

C = np.sqrt(2 / np.pi)


def gelu(z):
    return 0.5 * z * (1 + np.tanh(C * (z + 0.044715 * z**3)))


def gelu_prime(z):
    t = np.tanh(C * (z + 0.044715 * z**3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * C * (1 + 3 * 0.044715 * z**2)


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = gelu(z1)
    d2 = 2 / y.size * (a1 @ W2.T + b2 - y)
    d1 = d2 @ W2 * gelu_prime(z1)
    return [(d1.T @ x, d1.sum(0)), (d2.T @ a1, d2.sum(0))]
