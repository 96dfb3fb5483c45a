import numpy as np

class Layer:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))

    def forward(self, x):
        self.x = x
        self.a = np.tanh(x @ self.W + self.b)
        return self.a

    def backward(self, grad, lr):
        dz = grad * (1 - self.a ** 2)
        dx = dz @ self.W.T
        self.W -= lr * self.x.T @ dz
        self.b -= lr * dz.sum(axis=0, keepdims=True)
        return dx

X = np.random.randn(20, 3)
Y = np.random.uniform(-1, 1, (20, 2))
l1 = Layer(3, 4)
l2 = Layer(4, 2)
lr = 0.05
for epoch in range(1000):
    out = l2.forward(l1.forward(X))
    grad = 2 * (out - Y) / Y.size
    grad = l2.backward(grad, lr)
    l1.backward(grad, lr)
