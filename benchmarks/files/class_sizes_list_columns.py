import numpy as np


class DeepNet:
    """Columns are examples; parameters in a dict."""

    def __init__(self, layer_dims):
        self.L = len(layer_dims) - 1
        self.parameters = {}
        for l in range(1, len(layer_dims)):
            self.parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.01
            self.parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))

    def forward(self, X):
        self.cache = {"A0": X}
        A = X
        for l in range(1, self.L + 1):
            Z = self.parameters["W%d" % l] @ A + self.parameters["b%d" % l]
            A = np.maximum(Z, 0) if l < self.L else 1 / (1 + np.exp(-Z))
            self.cache["Z%d" % l], self.cache["A%d" % l] = Z, A
        return A

    def backward(self, Y):
        m = Y.shape[1]
        grads = {}
        dZ = self.cache["A%d" % self.L] - Y
        for l in range(self.L, 0, -1):
            grads["dW%d" % l] = dZ @ self.cache["A%d" % (l - 1)].T / m
            grads["db%d" % l] = dZ.sum(axis=1, keepdims=True) / m
            if l > 1:
                dZ = (self.parameters["W%d" % l].T @ dZ) * (self.cache["Z%d" % (l - 1)] > 0)
        return grads
