import numpy as np


class FeedForward:
    def __init__(self, dim_in, dim_hidden, dim_out):
        self.weights = {"h": np.random.randn(dim_in, dim_hidden), "o": np.random.randn(dim_hidden, dim_out)}
        self.biases = {"h": np.zeros(dim_hidden), "o": np.zeros(dim_out)}
        self.gradients = {}

    def forward(self, x):
        self.x = x
        self.z = x @ self.weights["h"] + self.biases["h"]
        self.a = np.where(self.z > 0, self.z, 0.01 * self.z)
        s = self.a @ self.weights["o"] + self.biases["o"]
        e = np.exp(s - s.max(axis=1, keepdims=True))
        self.out = e / e.sum(axis=1, keepdims=True)
        return self.out

    def backward(self, y):
        d = (self.out - y) / y.shape[0]
        dz = (d @ self.weights["o"].T) * (self.z > 0)
        self.gradients["dWo"] = self.a.T @ d
        self.gradients["dbo"] = d.sum(0)
        self.gradients["dWh"] = self.x.T @ dz
        self.gradients["dbh"] = dz.sum(0)
