import numpy as np

def relu(v):
    return np.clip(v, 0, None)

def relu_grad(v):
    return np.sign(v)

def backward(params, x, y):
    (Wa, ba), (Wb, bb) = params
    m = len(x)
    va = x @ Wa.T + ba
    ha = relu(va)
    vb = ha @ Wb.T + bb
    hb = 1 / (1 + np.exp(-vb))
    db_ = (hb - y) * hb * (1 - hb) / m
    da_ = db_ @ Wb * relu_grad(va)
    return [(da_.T @ x, da_.sum(0)), (db_.T @ ha, db_.sum(0))]
