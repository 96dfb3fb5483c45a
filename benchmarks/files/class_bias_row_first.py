import numpy as np


class MultiLayerPerceptron:
    def __init__(self, structure, eta=0.1):
        self.eta = eta
        self.thetas = [np.random.randn(n, k + 1) for k, n in zip(structure[:-1], structure[1:])]

    def g(self, z):
        return 1 / (1 + np.exp(-z))

    def cost_gradient(self, X, Y):
        m = X.shape[0]
        activations = [np.insert(X, 0, 1, axis=1)]
        for k, theta in enumerate(self.thetas):
            a = self.g(activations[-1] @ theta.T)
            if k < len(self.thetas) - 1:
                a = np.insert(a, 0, 1, axis=1)
            activations.append(a)
        delta = activations[-1] - Y
        grads = [None] * len(self.thetas)
        for k in range(len(self.thetas) - 1, -1, -1):
            grads[k] = delta.T @ activations[k]
            if k > 0:
                delta = (delta @ self.thetas[k])[:, 1:]
        return [g / m for g in grads]
