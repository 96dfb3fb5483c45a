import numpy as np

def sigma(z):
    return 1 / (1 + np.exp(-z))

def sigma_prime(z):
    return sigma(z) * (1 - sigma(z))

def backward(params, x, y):
    # 前向传播
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = sigma(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigma(z2)
    # 反向传播
    delta2 = (a2 - y) * sigma_prime(z2)
    delta1 = delta2 @ W2 * sigma_prime(a1)
    n = len(x)
    return [(delta1.T @ x / n, delta1.mean(axis=0)), (delta2.T @ a1 / n, delta2.mean(axis=0))]
