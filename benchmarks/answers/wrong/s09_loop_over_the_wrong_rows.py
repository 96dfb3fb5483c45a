import numpy as np

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {}
        self.params["W1"] = np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def loss(self, X, y):
        W1, b1, W2, b2 = [self.params[k] for k in ("W1", "b1", "W2", "b2")]
        N = len(X)
        h = np.maximum(0, X @ W1 + b1)
        s = h @ W2 + b2
        p = np.exp(s) / np.exp(s).sum(axis=1).reshape(-1, 1)
        loss = -sum(np.log(p[i, y[i]]) for i in range(N)) / N
        ds = p.copy()
        for i in range(N):
            ds[i, y[i]] -= 1
        ds = ds / N
        dW2 = np.zeros_like(W2)
        for i in range(N - 1):
            dW2 += np.outer(h[i], ds[i])
        db2 = ds.sum(axis=0)
        dh = ds @ W2.T
        dh[h == 0] = 0
        return loss, {"W1": X.T @ dh, "b1": dh.sum(axis=0), "W2": dW2, "b2": db2}
