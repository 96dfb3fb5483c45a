import numpy as np

class MLP(object):
    def __init__(self, n_inputs, n_hidden, n_outputs):
        self.V = np.random.randn(n_inputs + 1, n_hidden) * 0.1
        self.W = np.random.randn(n_hidden + 1, n_outputs) * 0.1

    def _bias(self, a):
        return np.hstack([a, np.ones((a.shape[0], 1))])

    def forward(self, X):
        self.X1 = self._bias(X)
        self.H = 1 / (1 + np.exp(-self.X1 @ self.V))
        self.H1 = self._bias(self.H)
        self.O = 1 / (1 + np.exp(-self.H1 @ self.W))
        return self.O

    def backward(self, T):
        m = T.shape[0]
        dO = (self.O - T) * self.O * (1 - self.O) / m
        self.dW = self.H1.T @ dO
        dH = (dO @ self.W[:-1].T) * self.H * (1 - self.H)
        self.dV = self.X1.T @ dH
        return self.dV, self.dW
