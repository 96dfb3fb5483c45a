import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Network:
    def __init__(self, sizes):
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(w @ a + b)
        return a

    def backprop(self, x, y):
        # forward
        a = [x]
        for b, w in zip(self.biases, self.weights):
            a.append(sigmoid(w @ a[-1] + b))
        # backward
        nabla_w, nabla_b = [], []
        delta = (a[-1] - y) * a[-1] * (1 - a[-1])
        for i in range(len(self.weights) - 1, -1, -1):
            nabla_w.append(delta @ a[i].T)
            nabla_b.insert(0, delta)
            delta = (self.weights[i].T @ delta) * a[i] * (1 - a[i])
        return nabla_b, nabla_w
