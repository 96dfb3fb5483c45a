import numpy as np

# 一步梯度下降

def step(params, x, y, learning_rate):
    (W1, b1), (W2, b2) = params
    n = x.shape[0]
    hidden = np.tanh(x.dot(W1.T) + b1)
    output = 1.0 / (1.0 + np.exp(-(hidden.dot(W2.T) + b2)))
    output_delta = (y - output)
    hidden_delta = output_delta.dot(W2) * (1 - hidden ** 2)
    W2 = W2 + learning_rate * output_delta.T.dot(hidden) / n
    b2 = b2 + learning_rate * output_delta.sum(axis=0) / n
    W1 = W1 + learning_rate * hidden_delta.T.dot(x) / n
    b1 = b1 + learning_rate * hidden_delta.sum(axis=0) / n
    return [(W1, b1), (W2, b2)]
