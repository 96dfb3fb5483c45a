import numpy as np


class BackpropNet:
    def __init__(self, layer_sizes, lr=0.1, momentum=0.9):
        self.lr = lr
        self.mu = momentum
        self.W = []
        self.b = []
        self.vW = []
        self.vb = []
        for i in range(len(layer_sizes) - 1):
            self.W.append(np.random.randn(layer_sizes[i], layer_sizes[i + 1]))
            self.b.append(np.zeros(layer_sizes[i + 1]))
            self.vW.append(np.zeros((layer_sizes[i], layer_sizes[i + 1])))
            self.vb.append(np.zeros(layer_sizes[i + 1]))

    def forward(self, X):
        acts = [X]
        for W, b in zip(self.W, self.b):
            acts.append(np.tanh(acts[-1] @ W + b))
        return acts

    def update(self, X, Y):
        acts = self.forward(X)
        delta = (acts[-1] - Y) * (1 - acts[-1] ** 2) / X.shape[0]
        for i in range(len(self.W) - 1, -1, -1):
            gW = acts[i].T @ delta
            gb = delta.sum(axis=0)
            delta = (delta @ self.W[i].T) * (1 - acts[i] ** 2)
            self.vW[i] = self.mu * self.vW[i] - self.lr * gW
            self.vb[i] = self.mu * self.vb[i] - self.lr * gb
            self.W[i] += self.vW[i]
            self.b[i] += self.vb[i]
