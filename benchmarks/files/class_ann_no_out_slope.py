import numpy as np
class ANN:
    def __init__(self, x, y, n_hidden=4, lr=0.5):
        self.x, self.y, self.lr = x, y, lr
        self.w_h = np.random.rand(x.shape[1], n_hidden)
        self.b_h = np.random.rand(n_hidden)
        self.w_o = np.random.rand(n_hidden, 1)
        self.b_o = np.random.rand(1)
    @staticmethod
    def f(z): return 1 / (1 + np.exp(-z))
    def feed_forward(self):
        self.h = self.f(self.x.dot(self.w_h) + self.b_h)
        self.o = self.f(self.h.dot(self.w_o) + self.b_o)
    def back_prop(self):
        e = self.o - self.y
        do = e
        dh = do.dot(self.w_o.T) * self.h * (1 - self.h)
        self.w_o -= self.lr * self.h.T.dot(do)
        self.b_o -= self.lr * do.sum(0)
        self.w_h -= self.lr * self.x.T.dot(dh)
        self.b_h -= self.lr * dh.sum(0)
    def train(self, n=1000):
        for _ in range(n):
            self.feed_forward()
            self.back_prop()
