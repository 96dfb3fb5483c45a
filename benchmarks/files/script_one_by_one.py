import numpy as np

X = np.array([[0.0, 0.2, 0.5], [1.0, 0.4, 0.3], [0.6, 0.8, 0.1], [0.9, 0.1, 0.7]])
Y = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
W1 = np.random.randn(3, 4)
b1 = np.zeros((1, 4))
W2 = np.random.randn(4, 2)
b2 = np.zeros((1, 2))
lr = 0.5
for epoch in range(500):
    for i in range(len(X)):
        x = X[i:i + 1]
        y = Y[i:i + 1]
        a1 = 1 / (1 + np.exp(-(x.dot(W1) + b1)))
        a2 = 1 / (1 + np.exp(-(a1.dot(W2) + b2)))
        d2 = (a2 - y) * a2 * (1 - a2)
        d1 = d2.dot(W2.T) * a1 * (1 - a1)
        W2 -= lr * a1.T.dot(d2)
        b2 -= lr * d2
        W1 -= lr * x.T.dot(d1)
        b1 -= lr * d1
