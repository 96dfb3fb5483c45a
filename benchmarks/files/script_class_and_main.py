import numpy as np
class Model:
    pass
def init(n, h, k):
    m = Model()
    m.W1 = np.random.randn(n, h); m.b1 = np.zeros(h)
    m.W2 = np.random.randn(h, k); m.b2 = np.zeros(k)
    return m
X = np.random.randn(40, 3)
y = X.sum(axis=1, keepdims=True)
net = init(3, 4, 1)
for step in range(500):
    h = np.tanh(X @ net.W1 + net.b1)
    out = h @ net.W2 + net.b2
    g = 2 * (out - y) / len(X)
    dW2, db2 = h.T @ g, g.sum(0)
    gh = g @ net.W2.T * (1 - h * h)
    dW1, db1 = X.T @ gh, gh.sum(0)
    net.W1 -= 0.05 * dW1; net.b1 -= 0.05 * db1
    net.W2 -= 0.05 * dW2; net.b2 -= 0.05 * db2
