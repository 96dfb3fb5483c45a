import numpy as np
class FeedForward:
    def __init__(self, n_features, n_hidden, n_classes):
        self.W1 = np.random.randn(n_features, n_hidden) * np.sqrt(2. / n_features)
        self.b1 = np.zeros(n_hidden)
        self.W2 = np.random.randn(n_hidden, n_classes) * np.sqrt(2. / n_hidden)
        self.b2 = np.zeros(n_classes)
    def forward(self, X):
        Z1 = X @ self.W1 + self.b1
        A1 = np.where(Z1 > 0, Z1, 0)
        Z2 = A1 @ self.W2 + self.b2
        E = np.exp(Z2 - Z2.max(1, keepdims=True))
        P = E / E.sum(1, keepdims=True)
        return P, (X, Z1, A1, P)
    def backward(self, cache, y):
        X, Z1, A1, P = cache
        N = len(X)
        onehot = np.zeros_like(P)
        onehot[np.arange(N), y] = 1
        dZ2 = (P - onehot) / N
        dZ1 = np.where(Z1 > 0, dZ2 @ self.W2.T, 0)
        return {"dW1": X.T @ dZ1, "db1": dZ1.sum(0), "dW2": A1.T @ dZ2, "db2": dZ2.sum(0)}
    def fit(self, X, y, lr=0.1, epochs=10):
        for _ in range(epochs):
            _, c = self.forward(X)
            g = self.backward(c, y)
            for n in ("W1", "b1", "W2", "b2"):
                setattr(self, n, getattr(self, n) - lr * g["d" + n])
