# network: 3-4:relu-3:relu-1/bce
import numpy as np
from gc_utils import relu, sigmoid


def forward_propagation(x, theta):
    return x * theta


def backward_propagation(x, theta):
    return x


def forward_propagation_n(X, Y, parameters):
    A, cache = X, [X]
    for l in (1, 2, 3):
        A = (relu if l < 3 else sigmoid)(parameters[f"W{l}"] @ A + parameters[f"b{l}"])
        cache.append(A)
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / X.shape[1]
    return cost, (cache, parameters)


def backward_propagation_n(X, Y, cache):
    acts, parameters = cache
    m, grads, dZ = X.shape[1], {}, acts[3] - Y
    for l in (3, 2, 1):
        grads |= {f"dW{l}": dZ @ acts[l - 1].T / m, f"db{l}": np.sum(dZ, axis=1, keepdims=True) / m}
        dZ = parameters[f"W{l}"].T @ dZ * (acts[l - 1] > 0)
    return grads
