import numpy as np

class DeepNN:
    def __init__(self, layers_dims, learning_rate=0.0075):
        self.params = {}
        self.L = len(layers_dims) - 1
        self.learning_rate = learning_rate
        for l in range(1, self.L + 1):
            self.params["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l-1]) * np.sqrt(2. / layers_dims[l-1])
            self.params["b" + str(l)] = np.zeros((layers_dims[l], 1))

    def forward(self, X):
        cache = {"A0": X}
        A = X
        for l in range(1, self.L):
            Z = self.params["W%d" % l] @ A + self.params["b%d" % l]
            A = np.maximum(0, Z)
            cache["Z%d" % l], cache["A%d" % l] = Z, A
        Z = self.params["W%d" % self.L] @ A + self.params["b%d" % self.L]
        AL = 1 / (1 + np.exp(-Z))
        return AL, cache

    def backward(self, AL, Y, cache):
        grads = {}
        m = Y.shape[1]
        dZ = AL - Y
        for l in range(self.L, 0, -1):
            grads["dW%d" % l] = dZ @ cache["A%d" % (l-1)].T / m
            grads["db%d" % l] = np.sum(dZ, axis=1, keepdims=True) / m
            if l > 1:
                dZ = (self.params["W%d" % l].T @ dZ) * (cache["Z%d" % (l-1)] > 0)
        return grads

    def update(self, grads):
        for k in self.params:
            self.params[k] -= self.learning_rate * grads["d" + k]
