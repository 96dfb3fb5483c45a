import numpy as np

def L_model_forward(X, parameters):
    caches, A = [], X
    L = len(parameters) // 2
    for l in range(1, L + 1):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        Z = W @ A + b
        caches.append((A, W, Z))
        A = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
    return A, caches

def linear_backward(dZ, A_prev, W):
    m = A_prev.shape[1]
    return dZ @ A_prev.T / m, dZ.sum(axis=1, keepdims=True) / m, W.T @ dZ

def L_model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    dA = np.divide(Y, AL) - np.divide(1 - Y, 1 - AL)
    dZ = dA * AL * (1 - AL)
    for l in range(L, 0, -1):
        A_prev, W, Z = caches[l - 1]
        grads[f"dW{l}"], grads[f"db{l}"], dA = linear_backward(dZ, A_prev, W)
        if l > 1:
            dZ = dA * (caches[l - 2][2] > 0)
    return grads
