# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


buffers = {}


def workspace(name, shape):
    """Arrays are kept between calls, but filled anew each time."""
    if name not in buffers or buffers[name].shape != shape:
        buffers[name] = np.empty(shape)
    return buffers[name]


def backward(params, x, y):
    acts = [x]
    for i, (W, b) in enumerate(params):
        z = np.matmul(acts[-1], W.T, out=workspace(f"z{i}", (len(x), len(b))))
        z += b
        acts.append(sigmoid(z))
    d = (acts[-1] - y) * acts[-1] * (1 - acts[-1]) / len(x)
    grads = []
    for i in range(len(params) - 1, -1, -1):
        dW = workspace(f"dW{i}", params[i][0].shape)
        dW[...] = 0
        for k in range(len(x)):
            dW += np.outer(d[k], acts[i][k])
        grads.insert(0, (dW, d.sum(0)))
        d = d @ params[i][0] * acts[i] * (1 - acts[i])
    return grads
