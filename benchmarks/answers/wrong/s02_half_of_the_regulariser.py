import numpy as np

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = dict(
            W1=np.random.randn(input_size, hidden_size), b1=np.zeros(hidden_size),
            W2=np.random.randn(hidden_size, output_size), b2=np.zeros(output_size),
        )

    def loss(self, X, y, reg=0.0):
        p = self.params
        n = len(X)
        z = X @ p["W1"] + p["b1"]
        a = np.maximum(z, 0)
        s = a @ p["W2"] + p["b2"]
        s = s - s.max(axis=1, keepdims=True)
        logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        data_loss = -logp[range(n), y].mean()
        reg_loss = reg * np.sum(p["W1"] ** 2) + reg * np.sum(p["W2"] ** 2)

        ds = np.exp(logp)
        ds[range(n), y] -= 1
        ds /= n
        grads = {}
        grads["W2"] = a.T @ ds + reg * p["W2"]
        grads["b2"] = ds.sum(0)
        dz = ds @ p["W2"].T * (z > 0)
        grads["W1"] = X.T @ dz + reg * p["W1"]
        grads["b1"] = dz.sum(0)
        return data_loss + reg_loss, grads
