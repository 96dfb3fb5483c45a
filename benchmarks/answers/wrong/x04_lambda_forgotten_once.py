import numpy as np

class TwoLayerNet(object):
    def __init__(self, input_dim=5, hidden_dim=6, num_classes=4, weight_scale=1e-3, reg=0.0):
        self.reg = reg
        self.params = {
            "W1": weight_scale * np.random.randn(input_dim, hidden_dim),
            "b1": np.zeros(hidden_dim),
            "W2": weight_scale * np.random.randn(hidden_dim, num_classes),
            "b2": np.zeros(num_classes),
        }

    def loss(self, X, y=None):
        p = self.params
        a = X.dot(p["W1"]) + p["b1"]
        h = np.maximum(a, 0)
        scores = h.dot(p["W2"]) + p["b2"]
        if y is None:
            return scores
        shifted = scores - scores.max(axis=1, keepdims=True)
        logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        n = X.shape[0]
        loss = -logp[np.arange(n), y].sum() / n
        loss += 0.5 * self.reg * ((p["W1"] ** 2).sum() + (p["W2"] ** 2).sum())
        dscores = np.exp(logp)
        dscores[np.arange(n), y] -= 1
        dscores /= n
        grads = {}
        grads["W2"] = h.T.dot(dscores) + self.reg * p["W2"]
        grads["b2"] = dscores.sum(axis=0)
        da = dscores.dot(p["W2"].T) * (a > 0)
        grads["W1"] = X.T.dot(da)
        grads["b1"] = da.sum(axis=0)
        return loss, grads
