import numpy as np

class ThreeLayerNet:
    def __init__(self, hidden_dims, input_dim, num_classes):
        sizes = [input_dim, *hidden_dims, num_classes]
        self.params = {}
        for k, (a, b) in enumerate(zip(sizes, sizes[1:]), start=1):
            self.params[f"W{k}"] = np.random.randn(a, b) * 0.1
            self.params[f"b{k}"] = np.zeros(b)

    def loss(self, X, y):
        P = self.params
        z1 = X @ P["W1"] + P["b1"]
        h1 = np.maximum(0, z1)
        z2 = h1 @ P["W2"] + P["b2"]
        h2 = np.maximum(0, z2)
        s = h2 @ P["W3"] + P["b3"]
        s -= s.max(axis=1, keepdims=True)
        prob = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
        num = X.shape[0]
        L = -np.log(prob[range(num), y]).mean()

        g = {}
        ds = prob
        ds[range(num), y] -= 1
        ds /= num
        g["W3"], g["b3"] = h2.T @ ds, ds.sum(axis=0)
        dz2 = (ds @ P["W3"].T) * (z2 > 0)
        g["W2"], g["b2"] = h1.T @ dz2, dz2.sum(axis=0)
        dz1 = (dz2 @ P["W2"].T) * (z2 > 0)
        g["W1"], g["b1"] = X.T @ dz1, dz1.sum(axis=0)
        return L, g
