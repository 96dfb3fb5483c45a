import numpy as np


class MLP:
    def __init__(self, n_in, n_hid, n_out):
        self.W1 = np.random.randn(n_hid, n_in)
        self.b1 = np.zeros(n_hid)
        self.W2 = np.random.randn(n_out, n_hid)
        self.b2 = np.zeros(n_out)

    @staticmethod
    def act(z):
        return 1.0 / (1.0 + np.exp(-z))

    def forward(self, x):
        self.h = self.act(self.W1 @ x + self.b1)
        self.o = self.act(self.W2 @ self.h + self.b2)
        return self.o

    def backward(self, X, Y):
        N = len(X)
        dW1, db1 = np.zeros_like(self.W1), np.zeros_like(self.b1)
        dW2, db2 = np.zeros_like(self.W2), np.zeros_like(self.b2)
        for x, y in zip(X, Y):
            o = self.forward(x)
            do = (o - y) * o * (1 - o)
            dh = self.W2.T @ do * self.h * (1 - self.h)
            dW2 = np.outer(do, self.h) / N
            db2 += do / N
            dW1 += np.outer(dh, x) / N
            db1 += dh / N
        return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
