import numpy as np

class Classifier:
    def __init__(self, input_dim, hidden_dim, num_classes, lr=1e-2):
        self.lr = lr
        self._init_weights(input_dim, hidden_dim, num_classes)

    def _init_weights(self, i, h, o):
        self.w1 = np.random.randn(i, h) * np.sqrt(2.0 / i)
        self.b1 = np.zeros((1, h))
        self.w2 = np.random.randn(h, o) * np.sqrt(2.0 / h)
        self.b2 = np.zeros((1, o))

    @staticmethod
    def softmax(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def forward(self, x):
        self.z1 = x @ self.w1 + self.b1
        self.a1 = np.maximum(self.z1, 0)
        self.probs = self.softmax(self.a1 @ self.w2 + self.b2)
        return self.probs

    def backward(self, x, y):
        m = x.shape[0]
        dz2 = (self.probs - y) / m
        dw2 = self.a1.T @ dz2
        db2 = dz2.sum(axis=0, keepdims=True)
        dz1 = dz2 @ self.w2.T
        dz1[self.z1 <= 0] = 0
        dw1 = x.T @ dz1
        db1 = dz1.sum(axis=0, keepdims=True)
        return dw1, db1, dw2, db2

    def train(self, x, y, epochs=100):
        for i in range(epochs):
            p = self.forward(x)
            dw1, db1, dw2, db2 = self.backward(x, y)
            self.w1 -= self.lr * dw1
            self.b1 -= self.lr * db1
            self.w2 -= self.lr * dw2
            self.b2 -= self.lr * db2
