import numpy as np
class XorNet:
    def __init__(self, hidden=3, seed=0):
        r = np.random.default_rng(seed)
        self.theta1 = r.normal(size=(2, hidden)); self.bias1 = np.zeros((1, hidden))
        self.theta2 = r.normal(size=(hidden, 1)); self.bias2 = np.zeros((1, 1))
    def _sig(self, z): return 1 / (1 + np.exp(-z))
    def predict_proba(self, X):
        return self._sig(self._sig(X @ self.theta1 + self.bias1) @ self.theta2 + self.bias2)
    def train(self, X, y, alpha=0.5, iterations=5000):
        history = []
        n = X.shape[0]
        for i in range(iterations):
            h = self._sig(X @ self.theta1 + self.bias1)
            p = self._sig(h @ self.theta2 + self.bias2)
            history.append(float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()))
            d2 = (p - y) / n
            self.theta2 -= alpha * (h.T @ d2)
            d1 = (d2 @ self.theta2.T) * h * (1 - h)
            self.bias2 -= alpha * d2.sum(0, keepdims=True)
            self.theta1 -= alpha * (X.T @ d1)
            self.bias1 -= alpha * d1.sum(0, keepdims=True)
        return history
