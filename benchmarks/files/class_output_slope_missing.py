import numpy as np


class Backprop:
    def __init__(self, ni, nh, no):
        self.wi = np.random.randn(ni, nh)
        self.bi = np.random.randn(nh)
        self.wo = np.random.randn(nh, no)
        self.bo = np.random.randn(no)

    def update(self, inputs):
        self.ai = inputs
        self.ah = np.tanh(inputs @ self.wi + self.bi)
        self.ao = np.tanh(self.ah @ self.wo + self.bo)
        return self.ao

    def backPropagate(self, targets, N=0.5):
        m = targets.shape[0]
        output_deltas = (targets - self.ao) / m
        hidden_deltas = output_deltas @ self.wo.T * (1 - self.ah ** 2)
        self.wo += N * self.ah.T @ output_deltas
        self.bo += N * output_deltas.sum(axis=0)
        self.wi += N * self.ai.T @ hidden_deltas
        self.bi += N * hidden_deltas.sum(axis=0)
