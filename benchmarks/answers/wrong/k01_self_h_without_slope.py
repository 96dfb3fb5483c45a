import numpy as np

class Network:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.b1 = np.zeros(n_hidden)
        self.W2 = np.random.randn(n_hidden, n_out)
        self.b2 = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        self.out = 1 / (1 + np.exp(-(self.h @ self.W2 + self.b2)))
        return self.out

    def backward(self, x, y):
        self.forward(x)
        n = len(x)
        self.d2 = (self.out - y) / n
        self.dW2 = self.h.T @ self.d2
        self.db2 = self.d2.sum(axis=0)
        self.d1 = self.d2 @ self.W2.T
        self.dW1 = self.x.T @ self.d1
        self.db1 = self.d1.sum(axis=0)


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    net = Network(W1.shape[1], W1.shape[0], W2.shape[0])
    net.W1, net.b1, net.W2, net.b2 = W1.T, b1, W2.T, b2
    net.backward(x, y)
    return [(net.dW1.T, net.db1), (net.dW2.T, net.db2)]
