import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def gradients(W1, b1, W2, b2, X, Y):
    m = X.shape[0]
    H = np.tanh(X @ W1.T + b1)
    P = sigmoid(H @ W2.T + b2)
    E2 = (P - Y) * P * (1 - P)
    E1 = E2 @ W2 * (1 - H ** 2)
    dW1 = E1.T @ X / m
    db1 = E1.sum(0) / m
    dW2 = E2.T @ H / m
    db2 = E2.sum(0)
    return dW1, db1, dW2, db2

def backward(W1, b1, W2, b2, X, Y):
    return gradients(W1, b1, W2, b2, X, Y)
