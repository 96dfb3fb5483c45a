import numpy as np

s = lambda z: 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (w_h, b_h), (w_o, b_o) = params
    h = s(x @ w_h.T + b_h)
    o = s(h @ w_o.T + b_o)
    err_o = (o - y) * o * (1 - o) / len(x)
    err_h = err_o @ w_o.T * h * (1 - h)
    return [(err_h.T @ x, err_h.sum(axis=0)), (err_o.T @ h, err_o.sum(axis=0))]
