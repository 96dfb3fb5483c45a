import numpy as np


class Dense:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, delta):
        self.dW = delta.T @ self.x
        self.db = delta.sum(axis=0)
        return delta @ self.W


class ReLU:
    def forward(self, z):
        self.on = z > 0
        return z * self.on

    def backward(self, delta):
        return delta * self.on


class Sigmoid:
    def forward(self, z):
        self.out = 1 / (1 + np.exp(-z))
        return self.out

    def backward(self, delta):
        return delta * self.out * (1 - self.out)
