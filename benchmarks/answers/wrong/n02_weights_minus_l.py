import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Network:
    def __init__(self, sizes):
        self.sizes = sizes
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for W, b in zip(self.weights, self.biases):
            a = sigmoid(W @ a + b)
        return a

    def backprop(self, x, y):
        acts = [x]
        for W, b in zip(self.weights, self.biases):
            acts.append(sigmoid(W @ acts[-1] + b))
        nabla_b = [None] * len(self.biases)
        nabla_w = [None] * len(self.weights)
        delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = delta @ acts[-2].T
        delta = self.weights[-1].T @ delta * acts[-2] * (1 - acts[-2])
        nabla_b[-2] = delta
        nabla_w[-2] = delta @ acts[-3].T
        for l in range(3, self.num_layers):
            delta = self.weights[-l].T @ delta * acts[-l] * (1 - acts[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = delta @ acts[-l - 1].T
        return nabla_b, nabla_w
