# network: logistic-regression
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(params, x, y):
    W, b = params[0]
    a = sigmoid(x @ W.T + b)
    return float(np.mean(-y * np.log(a) - (1 - y) * np.log(1 - a)))


def backward(params, x, y):
    W, b = params[0]
    error = sigmoid(x @ W.T + b) - y
    return [(error.T @ x / len(x), error.mean(axis=0))]
