import numpy as np


class DNN:
    def __init__(self, *sizes):
        self.sizes = sizes
        self.params = []
        for a, b in zip(sizes, sizes[1:]):
            self.params.append({"W": np.random.randn(a, b), "b": np.zeros(b)})

    def forward(self, x):
        self.hs = [x]
        for i, p in enumerate(self.params):
            x = x @ p["W"] + p["b"]
            if i < len(self.params) - 1:
                x = np.tanh(x)
            self.hs.append(x)
        return x

    def compute_gradients(self, x, y):
        out = self.forward(x)
        d = (out - y) / len(x)
        grads = []
        for i in reversed(range(len(self.params))):
            grads.append({"W": self.hs[i].T @ d, "b": d.sum(0)})
            d = d @ self.params[i]["W"].T * self.hs[i]
        return grads[::-1]
