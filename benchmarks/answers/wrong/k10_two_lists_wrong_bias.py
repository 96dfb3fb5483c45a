import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y, lam):
    zs, acts = [], [x]
    for i, (W, b) in enumerate(params):
        zs.append(acts[-1] @ W.T + b)
        acts.append(np.tanh(zs[-1]) if i + 1 < len(params) else sigmoid(zs[-1]))
    m = x.shape[0]
    delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
    dWs, dbs = [], []
    for i in reversed(range(len(params))):
        dWs = [delta.T @ acts[i] / m] + dWs
        dbs = [delta.mean(axis=0)] + dbs
        if i:
            delta = (delta @ params[i][0]) * (1 - np.tanh(zs[i - 1]) ** 2)
    return list(zip(dWs, dbs))
