import numpy as np
import matplotlib.pyplot as plt

X = np.random.randn(100, 3)
y = (X[:, 0] + X[:, 1] > 0).astype(float)
w = np.zeros(3)
b = 0.0
losses = []
for epoch in range(1000):
    z = X @ w + b
    p = 1 / (1 + np.exp(-z))
    losses.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
    dw = X.T @ (p - y) / len(y)
    db = np.mean(p - y)
    w -= 0.1 * dw
    b -= 0.1 * db
plt.plot(losses)
plt.show()
