import numpy as np

class Network:
    def __init__(self, sizes):
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, p) for p, n in zip(sizes, sizes[1:])]

    def backprop(self, x, y):
        acts = [x]
        for w, b in zip(self.weights, self.biases):
            acts.append(1 / (1 + np.exp(-(w @ acts[-1] + b))))
        out = acts[-1]
        d = (out - y) ** 2 * out * (1 - out)
        gb, gw = [d], [d @ acts[-2].T]
        for i in range(len(self.weights) - 1, 0, -1):
            d = self.weights[i].T @ d * acts[i] * (1 - acts[i])
            gb.insert(0, d)
            gw.insert(0, d @ acts[i - 1].T)
        return gb, gw
