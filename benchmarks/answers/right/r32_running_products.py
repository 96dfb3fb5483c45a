import numpy as np

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    h = 1 / (1 + np.exp(-(x.dot(W1.T) + b1)))
    o = np.tanh(h.dot(W2.T) + b2)
    t = o - y
    t *= 1 - o ** 2
    t /= x.shape[0]
    gW2 = t.T.dot(h)
    gb2 = np.einsum("ij->j", t)
    u = t.dot(W2)
    u *= h
    u *= 1 - h
    return [(u.T.dot(x), u.sum(axis=0)), (gW2, gb2)]
