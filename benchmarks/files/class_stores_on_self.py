import numpy as np


class ANN:
    def __init__(self, sizes=(4, 5, 3), seed=0):
        r = np.random.RandomState(seed)
        self.w1 = r.randn(sizes[0], sizes[1])
        self.c1 = r.randn(sizes[1])
        self.w2 = r.randn(sizes[1], sizes[2])
        self.c2 = r.randn(sizes[2])
        self.grad_w1 = self.grad_c1 = self.grad_w2 = self.grad_c2 = None

    def forward_pass(self, batch):
        self.batch = batch
        self.s1 = batch @ self.w1 + self.c1
        self.h1 = np.where(self.s1 > 0, self.s1, 0.01 * self.s1)
        z = self.h1 @ self.w2 + self.c2
        z = z - z.max(axis=1, keepdims=True)
        self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return self.p

    def backward_pass(self, labels):
        n = labels.shape[0]
        d = self.p.copy()
        d[np.arange(n), labels] -= 1
        d /= n
        self.grad_w2 = self.h1.T @ d
        self.grad_c2 = d.sum(0)
        e = d @ self.w2.T
        e[self.s1 <= 0] *= 0.01
        self.grad_w1 = self.batch.T @ e
        self.grad_c1 = e.sum(0)
