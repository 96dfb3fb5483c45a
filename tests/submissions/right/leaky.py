# network: 3-4:leaky_relu-4:leaky_relu-2:identity/huber
import numpy as np


def backward(params, x, y):
    acts, slopes = [x], []
    for W, b in params[:-1]:
        z = acts[-1] @ W.T + b
        slopes.append(np.where(z > 0, 1.0, 0.01))
        acts.append(z * slopes[-1])
    W, b = params[-1]
    error = acts[-1] @ W.T + b - y
    d = np.where(abs(error) <= 1, error, np.sign(error)) / len(x)
    grads = [(d.T @ acts[-1], d.sum(0))]
    for l in range(len(params) - 2, -1, -1):
        d = (d @ params[l + 1][0]) * slopes[l]
        grads.insert(0, (d.T @ acts[l], d.sum(0)))
    return grads
