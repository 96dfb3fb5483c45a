import numpy as np


class Net:
    def __init__(self, inputs, hidden, outputs, lr=0.5):
        self.lr = lr
        self.w1 = np.random.rand(inputs, hidden)
        self.b1 = np.random.rand(hidden)
        self.w2 = np.random.rand(hidden, outputs)
        self.b2 = np.random.rand(outputs)

    def sig(self, v):
        return 1 / (1 + np.exp(-v))

    def train(self, x, y, epochs=1000):
        for e in range(epochs):
            h = self.sig(x.dot(self.w1) + self.b1)
            o = self.sig(h.dot(self.w2) + self.b2)
            g = (o - y) * o * (1 - o) / x.shape[0]
            self.w2 = self.w2 - self.lr * h.T.dot(g)
            self.b2 = self.b2 - self.lr * g.sum(axis=0)
            gh = g.dot(self.w2.T) * h * (1 - h)
            self.w1 = self.w1 - self.lr * x.T.dot(gh)
            self.b1 = self.b1 - self.lr * gh.sum(axis=0)
