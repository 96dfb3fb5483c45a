import numpy as np

class NeuralNetwork:
    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(input_size, hidden_size)
        self.b1 = np.zeros((1, hidden_size))
        self.W2 = np.random.randn(hidden_size, output_size)
        self.b2 = np.zeros((1, output_size))
        self.hidden = np.zeros((1, hidden_size))
        self.output = np.zeros((1, output_size))

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def forward(self, X):
        self.hidden = self.sigmoid(X @ self.W1 + self.b1)
        self.output = self.sigmoid(self.hidden @ self.W2 + self.b2)
        return self.output

    def backprop(self, X, y, lr=0.1):
        error = y - self.output
        d_out = error * self.output * (1 - self.output)
        d_hid = d_out.dot(self.W2.T) * self.hidden * (1 - self.hidden)
        self.W2 += lr * self.hidden.T.dot(d_out)
        self.b2 += lr * np.sum(d_out, axis=0, keepdims=True)
        self.W1 += lr * X.T.dot(d_hid)
        self.b1 += lr * np.sum(d_hid, axis=0, keepdims=True)

    def train(self, X, y, epochs):
        for _ in range(epochs):
            self.forward(X)
            self.backprop(X, y)
