import numpy as np

class Model:
    def __init__(self, dims):
        self.dims = dims
        self.W = {i: np.random.randn(dims[i], dims[i - 1]) for i in range(1, len(dims))}
        self.b = {i: np.zeros((dims[i], 1)) for i in range(1, len(dims))}

    def forward(self, x):
        self.a = {0: x}
        n = len(self.dims) - 1
        for i in range(1, n + 1):
            z = self.W[i] @ self.a[i - 1] + self.b[i]
            self.a[i] = np.tanh(z) if i < n else 1 / (1 + np.exp(-z))
        return self.a[n]

    def backward(self, y):
        n = len(self.dims) - 1
        m = y.shape[1]
        self.dW, self.db = {}, {}
        d = (self.a[n] - y) * self.a[n] * (1 - self.a[n])
        for i in range(n, 0, -1):
            self.dW[i] = d @ self.a[i - 1].T / m
            self.db[i] = d.mean(axis=1, keepdims=True)
            d = (self.W[i].T @ d) * (1 - self.a[i - 1] ** 2)

    def step(self, lr=0.1):
        for i in self.W:
            self.W[i] -= lr * self.dW[i]
            self.b[i] -= lr * self.db[i]
