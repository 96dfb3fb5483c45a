import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    cache = {}
    cache["z1"] = x @ W1.T + b1
    cache["a1"] = np.tanh(cache["z1"])
    cache["z2"] = cache["a1"] @ W2.T + b2
    cache["a2"] = sigmoid(cache["z2"])
    grads = {}
    m = len(x)
    cache["d2"] = (cache["a2"] - y) * cache["a2"] * (1 - cache["a2"]) / m
    grads["W2"] = cache["d2"].T @ cache["z1"]
    grads["b2"] = cache["d2"].sum(axis=0)
    cache["d1"] = cache["d2"] @ W2 * (1 - cache["a1"] ** 2)
    grads["W1"] = cache["d1"].T @ x
    grads["b1"] = cache["d1"].sum(axis=0)
    return [(grads["W1"], grads["b1"]), (grads["W2"], grads["b2"])]
