import numpy as np

total = {}

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def add(name, value):
    total[name] = total.get(name, 0) + value

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = (d2 @ W2) * a1 * (1 - a1)
    add("W2", d2.T @ a1)
    add("b2", d2.sum(axis=0))
    add("W1", d1.T @ x)
    add("b1", d1.sum(axis=0))
    return [(total["W1"], total["b1"]), (total["W2"], total["b2"])]
