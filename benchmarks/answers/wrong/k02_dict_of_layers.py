import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def forward(params, x):
    cache = {"A0": x}
    L = len(params) // 2
    for l in range(1, L + 1):
        cache[f"Z{l}"] = cache[f"A{l-1}"] @ params[f"W{l}"].T + params[f"b{l}"]
        cache[f"A{l}"] = sigmoid(cache[f"Z{l}"]) if l == L else np.maximum(cache[f"Z{l}"], 0)
    return cache[f"A{L}"], cache

def backward(params, x, y):
    out, cache = forward(params, x)
    L = len(params) // 2
    m = x.shape[0]
    grads = {}
    d = (out - y) * out * (1 - out) / m
    for l in range(L, 0, -1):
        grads[f"dW{l}"] = d.T @ cache[f"A{l}"]
        grads[f"db{l}"] = d.sum(axis=0)
        if l > 1:
            d = d @ params[f"W{l}"] * (cache[f"Z{l-1}"] > 0)
    return grads
