import numpy as np

def sigmoid(u):
    return 1 / (1 + np.exp(-u))

def step(params, x, y, learning_rate):
    (W1, b1), (W2, b2) = params
    B = x.shape[0]
    h = np.tanh(x @ W1.T + b1)
    o = sigmoid(h @ W2.T + b2)
    go = (o - y) * o * (1 - o) / B
    gh = go @ W2 * (1 - h * h)
    new_W2 = W2 - learning_rate * go.T @ h
    new_b2 = b2 - learning_rate * go.sum(axis=0)
    new_W1 = W1 - learning_rate * gh.T @ x
    new_b1 = b1 - learning_rate * gh.mean(axis=0)
    return [(new_W1, new_b1), (new_W2, new_b2)]
