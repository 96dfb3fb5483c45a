# network: 3-4:relu-3/cross_entropy
import numpy as np


def forward(X, params):
    Z1 = X @ params["W1"] + params["b1"]
    A1 = np.maximum(0, Z1)
    Z2 = A1 @ params["W2"] + params["b2"]
    A2 = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    A2 /= A2.sum(axis=1, keepdims=True)
    return A2, {"Z1": Z1, "A1": A1, "A2": A2}


def backward(X, Y, params, cache):
    m = X.shape[0]
    dZ2 = cache["A2"] - Y
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {
        "dW": [X.T @ dZ1 / m, cache["A1"].T @ dZ2 / m],
        "db": [np.sum(dZ1, axis=0, keepdims=True) / m, np.sum(dZ2, axis=0, keepdims=True) / m],
    }
