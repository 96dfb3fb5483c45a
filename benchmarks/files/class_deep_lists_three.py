import numpy as np


class NeuralNet:
    def __init__(self, architecture, activation="relu"):
        self.n = len(architecture) - 1
        self.activation = activation
        self.weights = [np.random.randn(architecture[i + 1], architecture[i]) for i in range(self.n)]
        self.bias = [np.random.randn(architecture[i + 1], 1) for i in range(self.n)]

    def act(self, z):
        return np.maximum(0, z) if self.activation == "relu" else np.tanh(z)

    def dact(self, z):
        return (z > 0).astype(float) if self.activation == "relu" else 1 - np.tanh(z) ** 2

    def train_on_batch(self, X, Y, lr):
        a, zs, acts = X.T, [], [X.T]
        for i in range(self.n):
            z = self.weights[i] @ a + self.bias[i]
            a = self.act(z) if i < self.n - 1 else z
            zs.append(z)
            acts.append(a)
        delta = (a - Y.T) / len(X)
        for i in range(self.n - 1, -1, -1):
            dw, db = delta @ acts[i].T, delta.sum(axis=1, keepdims=True)
            if i > 0:
                delta = self.weights[i].T @ delta * self.dact(zs[i - 1])
            self.weights[i] -= lr * dw
            self.bias[i] -= lr * db
        return a.T
