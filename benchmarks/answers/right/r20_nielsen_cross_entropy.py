import numpy as np

class Network:
    def __init__(self, sizes):
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes, sizes[1:])]
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = 1 / (1 + np.exp(-(w @ a + b)))
        return a

    def backprop(self, x, y):
        a = [x]
        for w, b in zip(self.weights, self.biases):
            a.append(1 / (1 + np.exp(-(w @ a[-1] + b))))
        deltas = [a[-1] - y]
        for w, h in zip(self.weights[:0:-1], a[-2:0:-1]):
            deltas.insert(0, w.T @ deltas[0] * h * (1 - h))
        return deltas, [d @ h.T for d, h in zip(deltas, a)]
