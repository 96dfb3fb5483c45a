import numpy as np

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    batch = len(x)
    hidden = np.tanh(x @ W1.T + b1)
    guess = 1 / (1 + np.exp(-hidden @ W2.T - b2))
    miss = (guess - y) * guess * (1 - guess)
    gW2 = miss.T @ hidden / batch
    gb2 = miss.sum(axis=0)
    miss_h = miss @ W2
    gW1 = miss_h.T @ x / batch
    gb1 = miss_h.sum(axis=0) / batch
    return [(gW1, gb1), (gW2, gb2)]
