import numpy as np

class Tanh:
    def __call__(self, z): return np.tanh(z)
    def prime(self, z): return 1 - np.tanh(z) ** 2

class Sigmoid:
    def __call__(self, z): return 1 / (1 + np.exp(-z))
    def prime(self, z):
        s = self(z)
        return s * (1 - s)

class Layer:
    def __init__(self, n_in, n_out, act):
        self.W = np.random.randn(n_in, n_out) / np.sqrt(n_in)
        self.b = np.zeros((1, n_out))
        self.act = act

class Network:
    def __init__(self, sizes):
        acts = [Tanh() for _ in sizes[1:-1]] + [Sigmoid()]
        self.layers = [Layer(a, b, f) for a, b, f in zip(sizes, sizes[1:], acts)]

    def predict(self, x):
        for l in self.layers:
            l.inp = x
            l.z = x @ l.W + l.b
            x = l.act(l.z)
        return x

    def gradients(self, x, y):
        out = self.predict(x)
        d = 2 * (out - y) / out.size
        for l in reversed(self.layers):
            dz = d * l.act.prime(l.z)
            l.grad_W = l.inp.T @ dz
            l.grad_b = dz.sum(axis=0, keepdims=True)
            d = dz @ l.W.T

    def train(self, x, y, lr=0.1, epochs=1):
        for _ in range(epochs):
            self.gradients(x, y)
            for l in self.layers:
                l.W -= lr * l.grad_W
                l.b -= lr * l.grad_b
