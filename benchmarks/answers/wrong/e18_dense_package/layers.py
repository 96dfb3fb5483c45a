import numpy as np

class Dense:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, inp):
        self.inp = inp
        return inp @ self.W.T + self.b

    def backward(self, grad):
        self.dW = grad.T @ self.inp
        self.db = np.full(self.b.shape, grad.sum())
        return grad @ self.W

class Tanh:
    def forward(self, inp):
        self.out = np.tanh(inp)
        return self.out

    def backward(self, grad):
        return grad * (1 - self.out ** 2)

class Sigmoid:
    def forward(self, inp):
        self.out = 1 / (1 + np.exp(-inp))
        return self.out

    def backward(self, grad):
        return grad * self.out * (1 - self.out)
