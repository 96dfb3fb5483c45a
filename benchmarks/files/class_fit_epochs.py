import numpy as np


class NeuralNetwork:
    def __init__(self, n_input=4, n_hidden=5, n_output=3, learning_rate=0.1, n_iter=1000, random_state=1):
        self.learning_rate = learning_rate
        self.n_iter = n_iter
        rng = np.random.default_rng(random_state)
        self.W_h = rng.normal(0, 0.5, (n_input, n_hidden))
        self.b_h = np.zeros((1, n_hidden))
        self.W_o = rng.normal(0, 0.5, (n_hidden, n_output))
        self.b_o = np.zeros((1, n_output))
        self.losses_ = []

    def _sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def _forward(self, X):
        a_h = self._sigmoid(X @ self.W_h + self.b_h)
        a_o = self._sigmoid(a_h @ self.W_o + self.b_o)
        return a_h, a_o

    def fit(self, X, y):
        n = X.shape[0]
        for _ in range(self.n_iter):
            a_h, a_o = self._forward(X)
            delta_o = (a_o - y) * a_o * (1 - a_o) / n
            delta_h = delta_o @ self.W_o.T * a_h * (1 - a_h)
            self.W_o -= self.learning_rate * a_h.T @ delta_o
            self.b_o -= self.learning_rate * delta_o.sum(axis=0, keepdims=True)
            self.W_h -= self.learning_rate * X.T @ delta_h
            self.b_h -= self.learning_rate * delta_h.sum(axis=0, keepdims=True)
            self.losses_.append(((y - a_o) ** 2).mean())
        return self

    def predict(self, X):
        return self._forward(X)[1]
