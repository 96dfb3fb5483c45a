import numpy as np

def f(z):
    return 1 / (1 + np.exp(-z))

def train_step(params, x, y, lr):
    m = x.shape[0]
    W1, b1 = params[0]
    W2, b2 = params[1]
    u = f(x @ W1.T + b1)
    v = f(u @ W2.T + b2)
    dv = (v - y) * v * (1 - v)
    du = dv @ W2 * u * (1 - u)
    W2n = W2 - lr / m * dv.T @ u
    b2n = b2 - lr / m * dv.sum(0)
    W1n = W1 - lr * du.T @ x
    b1n = b1 - lr / m * du.sum(0)
    return [(W1n, b1n), (W2n, b2n)]

def step(params, x, y, learning_rate):
    return train_step(params, x, y, learning_rate)
