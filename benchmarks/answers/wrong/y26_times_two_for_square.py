import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

def backward(params, x, y):
    net = [Layer(W, b) for W, b in params]
    value = x
    for layer in net[:-1]:
        layer.input = value
        value = np.tanh(value @ layer.W.T + layer.b)
    net[-1].input = value
    out = sigmoid(value @ net[-1].W.T + net[-1].b)
    delta = (out - y) * out * (1 - out) / x.shape[0]
    for layer in reversed(net):
        layer.grads = (delta.T @ layer.input, delta.sum(axis=0))
        delta = (delta @ layer.W) * (1 - layer.input * 2)
    return [layer.grads for layer in net]
