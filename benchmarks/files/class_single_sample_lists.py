import numpy as np

class BP:
    def __init__(self, ni, nh, no):
        self.wi = np.random.rand(ni, nh) - 0.5
        self.wo = np.random.rand(nh, no) - 0.5
        self.bi = np.zeros(nh)
        self.bo = np.zeros(no)

    def forward(self, x):
        self.ai = x
        self.ah = 1 / (1 + np.exp(-(np.dot(x, self.wi) + self.bi)))
        self.ao = 1 / (1 + np.exp(-(np.dot(self.ah, self.wo) + self.bo)))
        return self.ao

    def back_propagate(self, targets, N):
        output_deltas = (targets - self.ao) * self.ao * (1 - self.ao)
        hidden_deltas = np.dot(self.wo, output_deltas) * self.ah * (1 - self.ah)
        self.wo += N * np.outer(self.ah, output_deltas)
        self.bo += N * output_deltas
        self.wi += N * np.outer(self.ai, hidden_deltas)
        self.bi += N * hidden_deltas
        return 0.5 * np.sum((targets - self.ao) ** 2)
