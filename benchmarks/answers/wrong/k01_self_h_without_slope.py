import numpy as np

class Network:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.b1 = np.zeros(n_hidden)
        self.W2 = np.random.randn(n_hidden, n_out)
        self.b2 = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        self.out = 1 / (1 + np.exp(-(self.h @ self.W2 + self.b2)))
        return self.out

    def backward(self, x, y):
        self.forward(x)
        n = len(x)
        self.d2 = (self.out - y) / n
        self.dW2 = self.h.T @ self.d2
        self.db2 = self.d2.sum(axis=0)
        self.d1 = self.d2 @ self.W2.T
        self.dW1 = self.x.T @ self.d1
        self.db1 = self.d1.sum(axis=0)
        return {"W1": self.dW1, "b1": self.db1, "W2": self.dW2, "b2": self.db2}
