import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    B = x.shape[0]
    h = np.tanh(np.einsum("bi,hi->bh", x, W1) + b1)
    o = sigmoid(np.einsum("bh,oh->bo", h, W2) + b2)
    g = (o - y) * o * (1 - o) / B
    gW2 = np.einsum("bo,bh->ho", g, h)
    gb2 = np.einsum("bo->o", g)
    gh = np.einsum("bo,oh->bh", g, W2) * (1 - h ** 2)
    gW1 = np.einsum("bh,bi->hi", gh, x)
    gb1 = np.einsum("bh->h", gh)
    return [(gW1, gb1), (gW2, gb2)]
