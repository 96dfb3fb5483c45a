import numpy as np


class Dense:
    def __init__(self, units, input_dim, activation="sigmoid"):
        self.units = units
        self.W = np.random.randn(input_dim, units)
        self.b = np.zeros((1, units))
        self.activation = activation

    def f(self, z):
        return 1 / (1 + np.exp(-z)) if self.activation == "sigmoid" else np.maximum(z, 0)

    def df(self, a):
        return a * (1 - a) if self.activation == "sigmoid" else (a > 0) * 1.0


class Sequential:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        self.layers.append(layer)

    def compile(self, lr=0.1):
        self.lr = lr

    def predict(self, X):
        self.outs = [X]
        for layer in self.layers:
            self.outs.append(layer.f(self.outs[-1] @ layer.W + layer.b))
        return self.outs[-1]

    def train_on_batch(self, X, y):
        out = self.predict(X)
        delta = (out - y) * self.layers[-1].df(out) / len(X)
        for i in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[i]
            dW, db = self.outs[i].T @ delta, delta.sum(axis=0, keepdims=True)
            if i:
                delta = delta @ layer.W.T * self.layers[i - 1].df(self.outs[i])
            layer.W -= self.lr * dW
            layer.b -= self.lr * db

    def fit(self, X, y, epochs=10, batch_size=32):
        for epoch in range(epochs):
            for s in range(0, len(X), batch_size):
                self.train_on_batch(X[s:s + batch_size], y[s:s + batch_size])


model = Sequential()
model.add(Dense(4, input_dim=3, activation="relu"))
model.add(Dense(2, input_dim=4, activation="sigmoid"))
model.compile(lr=0.05)
