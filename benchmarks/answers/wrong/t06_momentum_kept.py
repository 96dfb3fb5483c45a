import numpy as np

velocity = None

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def step(params, x, y, learning_rate):
    global velocity
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    dz2 = (a2 - y) * a2 * (1 - a2) / m
    dz1 = dz2 @ W2 * a1 * (1 - a1)
    grads = [dz1.T @ x, dz1.sum(0), dz2.T @ a1, dz2.sum(0)]
    if velocity is None or any(v.shape != g.shape for v, g in zip(velocity, grads)):
        velocity = [np.zeros_like(g) for g in grads]
    velocity = [0.9 * v + g for v, g in zip(velocity, grads)]
    v1, u1, v2, u2 = velocity
    return [(W1 - learning_rate * v1, b1 - learning_rate * u1), (W2 - learning_rate * v2, b2 - learning_rate * u2)]
