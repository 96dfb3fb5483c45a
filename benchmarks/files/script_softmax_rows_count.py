import numpy as np
from sklearn.datasets import make_moons

rng = np.random.RandomState(0)
X = rng.randn(40, 3)
labels = rng.randint(0, 2, 40)
T = np.eye(2)[labels]
n = len(X)
W1, b1 = rng.randn(3, 5), np.zeros(5)
W2, b2 = rng.randn(5, 2), np.zeros(2)
eta = 0.05
for step in range(3000):
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max(1, keepdims=True))
    P = E / E.sum(1, keepdims=True)
    D2 = (P - T) / n
    D1 = D2 @ W2.T * (1 - A1 ** 2)
    W2 -= eta * A1.T @ D2
    b2 -= eta * D2.sum(0)
    W1 -= eta * X.T @ D1 / n
    b1 -= eta * D1.sum(0) / n
