# network: 3-4:relu-3/cross_entropy
import numpy as np


def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = np.maximum(Z1, 0)
    Z2 = W2.dot(A1) + b2
    A2 = np.exp(Z2) / sum(np.exp(Z2))
    return Z1, A1, Z2, A2


def backward_prop(Z1, A1, Z2, A2, W1, W2, X, Y):
    m = Y.size
    one_hot = np.zeros((m, Y.max() + 1))
    one_hot[np.arange(m), Y] = 1
    dZ2 = A2 - one_hot.T
    dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
    return dZ1.dot(X.T) / m, dZ1.mean(1, keepdims=True), dZ2.dot(A1.T) / m, dZ2.mean(1, keepdims=True)
