import numpy as np


class MLP:
    """A row of ones is appended, so that the last row of each matrix is the bias."""

    def __init__(self, n_in, n_hid, n_out):
        self.V = np.random.uniform(-0.5, 0.5, (n_in + 1, n_hid))
        self.W = np.random.uniform(-0.5, 0.5, (n_hid + 1, n_out))

    def _ones(self, A):
        return np.hstack([A, np.ones((A.shape[0], 1))])

    def forward(self, X):
        self.Xb = self._ones(X)
        self.H = np.tanh(self.Xb @ self.V)
        self.Hb = self._ones(self.H)
        self.Y = 1 / (1 + np.exp(-self.Hb @ self.W))
        return self.Y

    def backprop(self, X, T):
        Y = self.forward(X)
        N = X.shape[0]
        dY = (Y - T) / N
        dW = self.Hb.T @ dY
        dH = (dY @ self.W.T)[:, :-1] * (1 - self.H ** 2)
        dV = self.Xb.T @ dH
        return dV, dW
