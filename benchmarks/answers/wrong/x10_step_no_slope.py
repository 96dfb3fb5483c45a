import numpy as np

def sigma(v):
    return 1 / (1 + np.exp(-v))

def step(params, x, y, learning_rate):
    (w, u), (v, c) = params
    k = len(x)
    h = sigma(x.dot(w.T) + u)
    o = sigma(h.dot(v.T) + c)
    do = (o - y) * o * (1 - o) / k
    dh = do.dot(v)
    return [(w - learning_rate * dh.T.dot(x), u - learning_rate * dh.sum(0)),
            (v - learning_rate * do.T.dot(h), c - learning_rate * do.sum(0))]
