import numpy as np

def step(params, x, y, learning_rate):
    W1, b1 = params[0]
    W2, b2 = params[1]
    n = x.shape[0]
    hidden = np.tanh(x @ W1.T + b1)
    logits = hidden @ W2.T + b2
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    prob = e / e.sum(axis=1, keepdims=True)
    g2 = (prob - y) / n
    g1 = (g2 @ W2) * (1 - hidden ** 2)
    return [
        (W1 - learning_rate * g1.T @ x, b1 - learning_rate * g1.sum(axis=0)),
        (W2 + learning_rate * g2.T @ hidden, b2 + learning_rate * g2.sum(axis=0)),
    ]
