# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backward(params, x, y):
    """The bias is a weight on an input that is one."""
    thetas = [np.hstack([b[:, None], W]) for W, b in params]
    ones = np.ones((len(x), 1))
    acts = [np.hstack([ones, x])]
    for theta in thetas[:-1]:
        acts.append(np.hstack([ones, sigmoid(acts[-1] @ theta.T)]))
    out = sigmoid(acts[-1] @ thetas[-1].T)
    delta = (out - y) * out * (1 - out)
    grads = []
    for theta, a in zip(reversed(thetas), reversed(acts)):
        g = delta.T @ a / len(x)
        grads.append((g[:, 1:], g[:, 0]))
        delta = (delta @ theta * a * (1 - a))[:, 1:]
    return grads[::-1]
