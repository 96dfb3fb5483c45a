import numpy as np


def sigmoid(x):
    return 1.0 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1.0 - x)


class NeuralNetwork:
    def __init__(self, x, y):
        self.input = x
        self.weights1 = np.random.rand(self.input.shape[1], 4)
        self.bias1 = np.zeros((1, 4))
        self.weights2 = np.random.rand(4, 1)
        self.bias2 = np.zeros((1, 1))
        self.y = y
        self.output = np.zeros(self.y.shape)

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1) + self.bias1)
        self.output = sigmoid(np.dot(self.layer1, self.weights2) + self.bias2)

    def backprop(self):
        d_out = 2 * (self.y - self.output) * sigmoid_derivative(self.output)
        d_hidden = np.dot(d_out, self.weights2.T) * sigmoid_derivative(self.layer1)
        self.weights2 += np.dot(self.layer1.T, d_out)
        self.bias2 += d_out.sum(axis=0, keepdims=True)
        self.weights1 += np.dot(self.input.T, d_hidden)
        self.bias1 += d_hidden.sum(axis=0, keepdims=True)
