import numpy as np

def act(z):
    return np.tanh(z)

def act_prime(z):
    return 1 - np.tanh(z) ** 2

def backward(params, x, y):
    cache = {"A0": x}
    for l, (W, b) in enumerate(params, start=1):
        cache["Z"] = cache[f"A{l - 1}"] @ W.T + b
        cache[f"A{l}"] = act(cache["Z"]) if l < len(params) else 1 / (1 + np.exp(-cache["Z"]))
    L = len(params)
    out = cache[f"A{L}"]
    delta = (out - y) * out * (1 - out) / len(x)
    grads = {}
    for l in range(L, 0, -1):
        grads[l] = (delta.T @ cache[f"A{l - 1}"], delta.sum(axis=0))
        if l > 1:
            delta = delta @ params[l - 1][0] * act_prime(cache["Z"])
    return [grads[l] for l in range(1, L + 1)]
