import numpy as np


class XorNet:
    def __init__(self, learning_rate=0.5):
        self.eta = learning_rate
        self.hidden_w = np.random.normal(size=(2, 3))
        self.hidden_b = np.random.normal(size=(3,))
        self.output_w = np.random.normal(size=(3, 1))
        self.output_b = np.random.normal(size=(1,))

    def activate(self, v):
        return 1.0 / (1.0 + np.exp(-v))

    def train_step(self, X, y):
        h = self.activate(X.dot(self.hidden_w) + self.hidden_b)
        out = self.activate(h.dot(self.output_w) + self.output_b)
        n = X.shape[0]
        grad_out = (out - y) * out * (1 - out) / n
        grad_h = grad_out.dot(self.output_w.T) * h * (1 - h)
        self.output_w -= self.eta * h.T.dot(grad_out)
        self.output_b -= self.eta * np.mean(grad_out, axis=0)
        self.hidden_w -= self.eta * X.T.dot(grad_h)
        self.hidden_b -= self.eta * np.mean(grad_h, axis=0)
        return out
