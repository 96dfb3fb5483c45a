import numpy as np

def sigmoid(x): return 1/(1+np.exp(-x))

class Net:
    lr = 0.5
    def __init__(self):
        self.w1 = np.random.uniform(-1, 1, (3, 4))
        self.b1 = np.random.uniform(-1, 1, 4)
        self.w2 = np.random.uniform(-1, 1, (4, 1))
        self.b2 = np.random.uniform(-1, 1, 1)

    def train(self, x, t):
        h = sigmoid(x.dot(self.w1) + self.b1)
        o = sigmoid(h.dot(self.w2) + self.b2)
        e = t - o
        do = e * o * (1-o)
        dh = do.dot(self.w2.T) * h * (1-h)
        self.w2 = self.w2 + self.lr * h.T.dot(do)
        self.b2 = self.b2 + self.lr * do.sum(0)
        self.w1 = self.w1 + self.lr * x.T.dot(dh)
        self.b1 = self.b1 + self.lr * dh.sum(0)
