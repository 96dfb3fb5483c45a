import numpy as np


class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.random.randn(1, n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad, lr):
        gx = grad @ self.W.T
        self.W -= lr * self.x.T @ grad
        self.b -= lr * grad.sum(axis=0, keepdims=True)
        return gx


class Tanh:
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, grad, lr):
        return grad * (1 - self.x ** 2)


class Sequential:
    def __init__(self, layers=None):
        self.layers = layers or []

    def add(self, layer):
        self.layers.append(layer)
        return self

    def forward(self, x):
        for l in self.layers:
            x = l.forward(x)
        return x

    def train(self, x, y, epochs=100, lr=0.01):
        for _ in range(epochs):
            out = self.forward(x)
            grad = 2 * (out - y) / np.prod(y.shape)
            for l in reversed(self.layers):
                grad = l.backward(grad, lr)


model = Sequential([Dense(3, 4), Tanh(), Dense(4, 2)])
