import numpy as np

def softmax(s):
    s = s - s.max(axis=1, keepdims=True)
    return np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m, _ = x.shape
    pre = x @ W1.T + b1
    act = np.maximum(0, pre)
    probs = softmax(act @ W2.T + b2)
    dprobs = -(y / probs) / m
    dscores = dprobs * probs * (1 - probs)
    dact = dscores @ W2
    dpre = np.where(pre > 0, dact, 0)
    return [(dpre.T @ x, dpre.sum(axis=0)), (dscores.T @ act, dscores.sum(axis=0))]
