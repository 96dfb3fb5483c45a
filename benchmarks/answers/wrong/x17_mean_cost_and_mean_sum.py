import numpy as np

class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        self.a = 1 / (1 + np.exp(-(x @ self.W.T + self.b)))
        return self.a

    def back(self, da):
        dz = da * self.a * (1 - self.a)
        self.dW = dz.T @ self.x / len(self.x)
        self.db = dz.mean(axis=0)
        return dz @ self.W

def backward(params, x, y):
    layers = [Layer(W, b) for W, b in params]
    a = x
    for layer in layers:
        a = layer(a)
    d = (a - y) / len(x)
    for layer in layers[::-1]:
        d = layer.back(d)
    return [(layer.dW, layer.db) for layer in layers]
