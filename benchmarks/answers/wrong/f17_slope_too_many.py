import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def loss(params, x, y):
    p = forward(params, x)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

def forward(params, x):
    (W1, b1), (W2, b2) = params
    return sigmoid(np.tanh(x @ W1.T + b1) @ W2.T + b2)

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[0]
    h = np.tanh(x @ W1.T + b1)
    p = sigmoid(h @ W2.T + b2)
    d2 = (p - y) * p * (1 - p) / m
    d1 = np.dot(d2, W2) * (1 - np.square(h))
    return [(np.dot(d1.T, x), np.sum(d1, axis=0)), (np.dot(d2.T, h), np.sum(d2, axis=0))]
