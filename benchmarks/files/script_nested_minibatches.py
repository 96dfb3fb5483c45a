import numpy as np
np.random.seed(0)
X = np.random.randn(100, 4)
y = np.random.randint(0, 3, 100)
W1 = np.random.randn(4, 6) * 0.1
b1 = np.zeros(6)
W2 = np.random.randn(6, 3) * 0.1
b2 = np.zeros(3)
batch_size = 20
lr = 0.1
for epoch in range(30):
    perm = np.random.permutation(len(X))
    for i in range(0, len(X), batch_size):
        idx = perm[i:i + batch_size]
        xb, yb = X[idx], y[idx]
        z1 = xb @ W1 + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ W2 + b2
        p = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)
        d2 = p.copy()
        d2[range(len(yb)), yb] -= 1
        d2 /= len(yb)
        d1 = (d2 @ W2.T) * (z1 > 0)
        W2 -= lr * a1.T @ d2
        b2 -= lr * d2.sum(axis=0)
        W1 -= lr * xb.T @ d1
        b1 -= lr * d1.sum(axis=0)
