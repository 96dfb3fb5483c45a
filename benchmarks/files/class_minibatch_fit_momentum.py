import numpy as np

class MLP:
    def __init__(self, layer_sizes, learning_rate=0.01, momentum=0.0):
        self.lr = learning_rate
        self.momentum = momentum
        self.weights = []
        self.biases = []
        for n_in, n_out in zip(layer_sizes[:-1], layer_sizes[1:]):
            self.weights.append(np.random.randn(n_in, n_out) * np.sqrt(1.0 / n_in))
            self.biases.append(np.zeros(n_out))
        self.vw = [np.zeros_like(w) for w in self.weights]
        self.vb = [np.zeros_like(b) for b in self.biases]

    def _forward(self, X):
        acts = [X]
        for i, (W, b) in enumerate(zip(self.weights, self.biases)):
            z = acts[-1] @ W + b
            acts.append(np.tanh(z) if i < len(self.weights) - 1 else 1 / (1 + np.exp(-z)))
        return acts

    def fit(self, X, y, epochs=100, batch_size=32, shuffle=True):
        n = X.shape[0]
        for epoch in range(epochs):
            order = np.random.permutation(n) if shuffle else np.arange(n)
            for start in range(0, n, batch_size):
                idx = order[start:start + batch_size]
                xb, yb = X[idx], y[idx]
                acts = self._forward(xb)
                delta = 2 * (acts[-1] - yb) / yb.size * acts[-1] * (1 - acts[-1])
                for i in reversed(range(len(self.weights))):
                    gw = acts[i].T @ delta
                    gb = delta.sum(axis=0)
                    if i > 0:
                        delta = (delta @ self.weights[i].T) * (1 - acts[i] ** 2)
                    self.vw[i] = self.momentum * self.vw[i] - self.lr * gw
                    self.vb[i] = self.momentum * self.vb[i] - self.lr * gb
                    self.weights[i] += self.vw[i]
                    self.biases[i] += self.vb[i]
        return self

    def predict(self, X):
        return self._forward(X)[-1]
