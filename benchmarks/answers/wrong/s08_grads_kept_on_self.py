import numpy as np

class Model:
    def __init__(self, input_dim, hidden_dim, num_classes):
        self.params = {
            "W1": 0.01 * np.random.randn(input_dim, hidden_dim), "b1": np.zeros(hidden_dim),
            "W2": 0.01 * np.random.randn(hidden_dim, num_classes), "b2": np.zeros(num_classes),
        }
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def loss(self, X, y):
        n = X.shape[0]
        h = np.maximum(0, X.dot(self.params["W1"]) + self.params["b1"])
        f = h.dot(self.params["W2"]) + self.params["b2"]
        f = f - f.max(axis=1)[:, None]
        p = np.exp(f)
        p /= p.sum(axis=1)[:, None]
        loss = -np.log(p[np.arange(n), y]).mean()
        df = p
        df[np.arange(n), y] -= 1
        df = df / n
        self.grads["W2"] += h.T.dot(df)
        self.grads["b2"] += df.sum(axis=0)
        dh = df.dot(self.params["W2"].T) * (h > 0)
        self.grads["W1"] += X.T.dot(dh)
        self.grads["b1"] += dh.sum(axis=0)
        return loss, self.grads
