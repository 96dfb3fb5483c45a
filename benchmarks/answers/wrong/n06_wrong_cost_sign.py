import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

class Network(object):
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def cost_derivative(self, output, y):
        # dC/da 
        return y - output

    def backprop(self, x, y):
        gb = [np.zeros_like(b) for b in self.biases]
        gw = [np.zeros_like(w) for w in self.weights]
        a, As, Zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            Zs.append(w @ a + b)
            a = sigmoid(Zs[-1])
            As.append(a)
        d = self.cost_derivative(a, y) * sigmoid_prime(Zs[-1])
        gb[-1], gw[-1] = d, d @ As[-2].T
        for l in range(2, self.num_layers):
            d = self.weights[1 - l].T @ d * sigmoid_prime(Zs[-l])
            gb[-l], gw[-l] = d, d @ As[-l - 1].T
        return gb, gw
