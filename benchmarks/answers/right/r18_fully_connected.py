import numpy as np

class FullyConnectedNet:
    def __init__(self, hidden_dims, input_dim=10, num_classes=10, reg=0.0, dtype=np.float32):
        self.reg, self.L = reg, len(hidden_dims) + 1
        dims = [input_dim, *hidden_dims, num_classes]
        self.params = {}
        for i in range(self.L):
            self.params[f"W{i + 1}"] = np.random.randn(dims[i], dims[i + 1]).astype(dtype)
            self.params[f"b{i + 1}"] = np.zeros(dims[i + 1], dtype=dtype)

    def loss(self, X, y=None):
        hs = [X]
        for i in range(1, self.L + 1):
            z = hs[-1] @ self.params[f"W{i}"] + self.params[f"b{i}"]
            hs.append(z if i == self.L else np.maximum(z, 0))
        s = hs[-1] - hs[-1].max(axis=1, keepdims=True)
        logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        N = len(X)
        loss = -logp[np.arange(N), y].mean()
        grads = {}
        d = np.exp(logp)
        d[np.arange(N), y] -= 1
        d /= N
        for i in range(self.L, 0, -1):
            W = self.params[f"W{i}"]
            loss += 0.5 * self.reg * np.sum(W * W)
            grads[f"W{i}"] = hs[i - 1].T @ d + self.reg * W
            grads[f"b{i}"] = d.sum(axis=0)
            d = (d @ W.T) * (hs[i - 1] > 0)
        return loss, grads
