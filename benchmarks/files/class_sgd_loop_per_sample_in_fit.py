import numpy as np
class BPNetwork:
    def __init__(self, layers, alpha=0.1):
        self.W = []
        self.B = []
        self.alpha = alpha
        for i in range(len(layers) - 1):
            self.W.append(np.random.randn(layers[i], layers[i + 1]) / np.sqrt(layers[i]))
            self.B.append(np.random.randn(layers[i + 1]))
    def sigmoid(self, x): return 1.0 / (1 + np.exp(-x))
    def sigmoid_deriv(self, x): return x * (1 - x)
    def fit(self, X, y, epochs=1000, displayUpdate=100):
        for epoch in range(epochs):
            for (x, target) in zip(X, y):
                self.fit_partial(x, target)
    def fit_partial(self, x, y):
        A = [np.atleast_2d(x)]
        for W, b in zip(self.W, self.B):
            A.append(self.sigmoid(A[-1].dot(W) + b))
        error = A[-1] - y
        D = [error * self.sigmoid_deriv(A[-1])]
        for layer in range(len(A) - 2, 0, -1):
            D.append(D[-1].dot(self.W[layer].T) * self.sigmoid_deriv(A[layer]))
        D = D[::-1]
        for layer in range(len(self.W)):
            self.W[layer] += -self.alpha * A[layer].T.dot(D[layer])
            self.B[layer] += -self.alpha * D[layer].sum(axis=0)
