# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backprop(x, y, biases, weights):
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activations = [x]
    for b, w in zip(biases, weights):
        activations.append(sigmoid(w @ activations[-1] + b))
    delta = activations[-1] - y
    for l in range(1, len(weights) + 1):
        delta = delta * activations[-l] * (1 - activations[-l])
        nabla_b[-l] = delta
        nabla_w[-l] = np.outer(delta, activations[-l - 1])
        delta = weights[-l].T @ delta
    return nabla_b, nabla_w
