import numpy as np

def sigma(v):
    return 1 / (1 + np.exp(-v))

def backward(params, x, y):
    (U, c), (V, d) = params
    k = len(x)
    p = np.tanh(x @ U.T + c)
    q = sigma(p @ V.T + d)
    err_q = (q - y) * q * (1 - q) / k
    err_p = (err_q @ V) * (1 - p ** 2)
    grad_U = err_p.T @ x
    grad_V = err_q.T @ p
    grad_d = err_q.sum(axis=1)
    grad_c = err_p.sum(axis=0)
    return [(grad_U, grad_c), (grad_V, grad_d)]
