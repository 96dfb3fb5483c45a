import numpy as np

class TwoLayerNet:
    def __init__(self, n_in, n_hidden, n_classes):
        rng = np.random.RandomState(0)
        self.params = dict(
            W1=rng.randn(n_in, n_hidden) * 0.1, b1=np.zeros(n_hidden),
            W2=rng.randn(n_hidden, n_classes) * 0.1, b2=np.zeros(n_classes))

    def _softmax(self, s):
        s = s - s.max(1)[:, None]
        e = np.exp(s)
        return e / e.sum(1)[:, None]

    def loss(self, X, y):
        p = self.params
        pre = X @ p["W1"] + p["b1"]
        h = pre * (pre > 0)
        prob = self._softmax(h @ p["W2"] + p["b2"])
        data_loss = -np.mean(np.log(prob[np.arange(len(y)), y]))
        target = np.zeros_like(prob)
        target[np.arange(len(y)), y] = 1
        err = (prob - target) / prob.shape[1]
        back = (err @ p["W2"].T) * (pre > 0)
        return data_loss, {"W2": h.T @ err, "b2": err.sum(0), "W1": X.T @ back, "b1": back.sum(0)}
