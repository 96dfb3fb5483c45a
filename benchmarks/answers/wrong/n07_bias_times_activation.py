import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Network:
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.zeros((n, 1)) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.matmul(w, a) + b)
        return a

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        acts = [x]
        for b, w in zip(self.biases, self.weights):
            acts.append(sigmoid(np.matmul(w, acts[-1]) + b))
        delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
        nabla_w[-1] = np.matmul(delta, acts[-2].T)
        nabla_b[-1] = delta * np.sum(acts[-2])
        for l in range(2, self.num_layers):
            delta = np.matmul(self.weights[-l + 1].T, delta) * acts[-l] * (1 - acts[-l])
            nabla_w[-l] = np.matmul(delta, acts[-l - 1].T)
            nabla_b[-l] = delta
        return nabla_b, nabla_w
