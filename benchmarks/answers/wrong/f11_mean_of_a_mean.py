import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    batch = x.shape[0]
    hidden = sigmoid(x @ W1.T + b1)
    scores = sigmoid(hidden @ W2.T + b2)
    # the gradient of the logits, averaged
    d_scores = (scores - y) / batch
    d_hidden = (d_scores @ W2) * hidden * (1 - hidden)
    return [
        (d_hidden.T @ x, d_hidden.sum(axis=0)),
        (d_scores.T @ hidden, d_scores.mean(axis=0)),
    ]
