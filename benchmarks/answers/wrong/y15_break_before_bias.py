import numpy as np

class Network:
    def __init__(self, sizes):
        self.W = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]
        self.b = [np.zeros(n) for n in sizes[1:]]

    def forward(self, x):
        self.a = [x]
        for i in range(len(self.W)):
            z = self.a[i] @ self.W[i].T + self.b[i]
            self.a.append(1 / (1 + np.exp(-z)) if i == len(self.W) - 1 else np.tanh(z))
        return self.a[-1]

    def backward(self, x, y):
        out = self.forward(x)
        dW = [np.zeros_like(w) for w in self.W]
        db = [np.zeros_like(b) for b in self.b]
        delta = (out - y) * out * (1 - out) / len(x)
        for i in reversed(range(len(self.W))):
            dW[i] = delta.T @ self.a[i]
            if i == 0:
                break
            db[i] = delta.sum(axis=0)
            delta = delta @ self.W[i] * (1 - self.a[i] ** 2)
        return dW, db
