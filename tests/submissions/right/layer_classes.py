# network: 3-4:relu-4:relu-3/cross_entropy
import numpy as np


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, g):
        self.dW, self.db = g.T @ self.x, g.sum(0)
        return g @ self.W


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, 0)

    def backward(self, g):
        return g * self.mask


class SoftmaxCrossEntropy:
    def forward(self, x, y):
        e = np.exp(x - x.max(1, keepdims=True))
        self.p, self.y = e / e.sum(1, keepdims=True), y
        return -(y * np.log(self.p)).sum() / len(x)

    def backward(self):
        return (self.p - self.y) / len(self.y)


def build(params):
    layers = []
    for W, b in params:
        layers += [Linear(W, b), ReLU()]
    return layers[:-1], SoftmaxCrossEntropy()


def loss(params, x, y):
    layers, head = build(params)
    for layer in layers:
        x = layer.forward(x)
    return head.forward(x, y)


def backward(params, x, y):
    layers, head = build(params)
    for layer in layers:
        x = layer.forward(x)
    head.forward(x, y)
    g = head.backward()
    for layer in reversed(layers):
        g = layer.backward(g)
    return [(layer.dW, layer.db) for layer in layers if isinstance(layer, Linear)]
