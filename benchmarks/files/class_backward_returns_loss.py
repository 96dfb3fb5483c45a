import numpy as np

class Network:
    def __init__(self, nin, nh, nout):
        self.w1 = np.random.normal(0, nin ** -0.5, (nh, nin))
        self.w2 = np.random.normal(0, nh ** -0.5, (nout, nh))
        self.b1 = np.zeros(nh)
        self.b2 = np.zeros(nout)

    def forward(self, x):
        self.x = x
        self.a1 = np.tanh(x @ self.w1.T + self.b1)
        self.a2 = 1 / (1 + np.exp(-(self.a1 @ self.w2.T + self.b2)))
        return self.a2

    def backward(self, y):
        n = len(y)
        loss = 0.5 * np.sum((self.a2 - y) ** 2) / n
        g = (self.a2 - y) / n * self.a2 * (1 - self.a2)
        self.gw2 = g.T @ self.a1
        self.gb2 = g.sum(axis=0)
        g = (g @ self.w2) * (1 - self.a1 ** 2)
        self.gw1 = g.T @ self.x
        self.gb1 = g.sum(axis=0)
        return loss

    def step(self, lr):
        self.w1 -= lr * self.gw1
        self.w2 -= lr * self.gw2
        self.b1 -= lr * self.gb1
        self.b2 -= lr * self.gb2
