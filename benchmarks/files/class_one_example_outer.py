import numpy as np


class Perceptron2:
    """Trains on one example after the other."""

    def __init__(self, n_inputs, n_hidden, n_outputs, learning_rate=0.3):
        self.lr = learning_rate
        self.w_ih = np.random.normal(0.0, 0.5, (n_hidden, n_inputs))
        self.b_h = np.zeros(n_hidden)
        self.w_ho = np.random.normal(0.0, 0.5, (n_outputs, n_hidden))
        self.b_o = np.zeros(n_outputs)

    def train(self, inputs, target):
        h = 1 / (1 + np.exp(-(self.w_ih @ inputs + self.b_h)))
        o = 1 / (1 + np.exp(-(self.w_ho @ h + self.b_o)))
        d_o = (o - target) * o * (1 - o)
        d_h = (self.w_ho.T @ d_o) * h
        self.w_ho -= self.lr * np.outer(d_o, h)
        self.b_o -= self.lr * d_o
        self.w_ih -= self.lr * np.outer(d_h, inputs)
        self.b_h -= self.lr * d_h
