# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class QuadraticCost:
    @staticmethod
    def delta(a, y):
        return (a - y) * a * (1 - a)


class CrossEntropyCost:
    @staticmethod
    def delta(a, y):
        return a - y


class NeuralNetwork:
    def __init__(self, sizes, cost=CrossEntropyCost):
        self.biases = [np.zeros((n, 1)) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes, sizes[1:])]
        self.cost = cost

    def feed_forward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w @ a + b)
        return a

    def back_propagation(self, x, y):
        a = [x]
        for w, b in zip(self.weights, self.biases):
            a.append(sigmoid(w @ a[-1] + b))
        delta = self.cost.delta(a[-1], y)
        nabla_w, nabla_b = [delta @ a[-2].T], [delta]
        for l in range(2, len(a)):
            delta = self.weights[-l + 1].T @ delta * a[-l] * (1 - a[-l])
            nabla_w.insert(0, delta @ a[-l - 1].T)
            nabla_b.insert(0, delta)
        return nabla_w, nabla_b
