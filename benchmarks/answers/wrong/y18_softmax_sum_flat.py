import numpy as np

class Classifier:
    def __init__(self, d, h, k):
        self.W1, self.b1 = np.random.randn(d, h), np.zeros(h)
        self.W2, self.b2 = np.random.randn(h, k), np.zeros(k)

    def loss(self, X, y):
        n = X.shape[0]
        hidden = np.maximum(0, X @ self.W1 + self.b1)
        scores = hidden @ self.W2 + self.b2
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs = e / e.sum(axis=1)
        loss = -np.mean(np.log(probs[np.arange(n), y]))
        d = probs.copy()
        d[np.arange(n), y] -= 1
        d /= n
        grads = {"W2": hidden.T @ d, "b2": d.sum(axis=0)}
        dh = d @ self.W2.T
        dh[hidden <= 0] = 0
        grads["W1"], grads["b1"] = X.T @ dh, dh.sum(axis=0)
        return loss, grads
