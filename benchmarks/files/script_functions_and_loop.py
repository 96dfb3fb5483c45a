import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def forward(X, W1, b1, W2, b2):
    A1 = np.tanh(W1 @ X + b1)
    A2 = sigmoid(W2 @ A1 + b2)
    return A1, A2

X = np.random.randn(3, 50)
Y = (np.random.rand(1, 50) > 0.5) * 1.0
m = X.shape[1]
W1 = np.random.randn(4, 3) * 0.01
b1 = np.zeros((4, 1))
W2 = np.random.randn(1, 4) * 0.01
b2 = np.zeros((1, 1))

for i in range(1000):
    A1, A2 = forward(X, W1, b1, W2, b2)
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    dZ1 = W2.T @ dZ2 * (1 - A1 ** 2)
    dW1 = dZ1 @ X.T / m
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    W1 = W1 - 0.1 * dW1
    b1 = b1 - 0.1 * db1
    W2 = W2 - 0.1 * dW2
    b2 = b2 - 0.1 * db2
