# network: 3-4:tanh-2:identity/mse
import numpy as np


def forward(X, params):
    return np.tanh(X @ params["W1"].T + params["b1"]) @ params["W2"].T + params["b2"]


def loss(X, y, params):
    return np.mean((forward(X, params) - y) ** 2)


def backward(X, y, params):
    h = np.tanh(X @ params["W1"].T + params["b1"])
    d2 = 2 * (forward(X, params) - y) / y.size
    d1 = d2 @ params["W2"] * (1 - h**2)
    return {"grad_W1": d1.T @ X, "grad_b1": d1.sum(axis=0), "grad_W2": d2.T @ h, "grad_b2": d2.sum(axis=0)}
