import numpy as np

def softmax(z):
    ez = np.exp(z - z.max(axis=1)[:, None])
    return ez / ez.sum(axis=1)[:, None]

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x.dot(W1.T) + b1
    a1 = np.where(z1 > 0, z1, 0)
    p = softmax(a1.dot(W2.T) + b2)
    g = p - y
    gW2, gb2 = g.T.dot(a1), g.sum(axis=0)
    g = g.dot(W2)
    g = np.where(g > 0, g, 0)
    return [(g.T.dot(x), g.sum(axis=0)), (gW2, gb2)]
