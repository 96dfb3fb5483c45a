import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def backward(weights, biases, x, y):
    """Returns two lists, one with the gradients of the weights and one with those of the biases."""
    activations = [x]
    for w, b in zip(weights, biases):
        activations.append(sigmoid(np.dot(activations[-1], w.T) + b))
    n = x.shape[0]
    delta = activations[-1] - y
    grad_w = []
    grad_b = []
    for i in reversed(range(len(weights))):
        grad_w.insert(0, np.dot(delta.T, activations[i]) / n)
        grad_b.insert(0, np.sum(delta, axis=0) / n)
        if i != 0:
            delta = np.dot(delta, weights[i]) * activations[i] * (1 - activations[i])
    return grad_w, grad_b
