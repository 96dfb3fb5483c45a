import numpy as np


class Mlp(object):
    def __init__(self, layers):
        self.layers = layers
        self.W = [np.random.randn(n, k) for k, n in zip(layers[:-1], layers[1:])]
        self.B = [np.random.randn(n, 1) for n in layers[1:]]

    def feed_forward(self, X):
        self.A = [X]
        for w, b in zip(self.W, self.B):
            X = 1.0 / (1.0 + np.exp(-(w.dot(X) + b)))
            self.A.append(X)
        return X

    def back_propagation(self, X, Y):
        m = X.shape[1]
        self.feed_forward(X)
        d = self.A[-1] - Y
        dW, dB = [], []
        for i in reversed(range(len(self.W))):
            dW.insert(0, d.dot(self.A[i].T) / m)
            dB.insert(0, d.sum(axis=1, keepdims=True))
            d = self.W[i].T.dot(d) * self.A[i] * (1 - self.A[i])
        return dW, dB
