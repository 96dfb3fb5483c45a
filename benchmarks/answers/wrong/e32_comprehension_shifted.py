import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    acts = [x]
    for W, b in params:
        acts += [sigmoid(acts[-1] @ W.T + b)]
    deltas = [(acts[-1] - y) * acts[-1] * (1 - acts[-1]) / len(x)]
    for (W, _), a in zip(params[:0:-1], acts[-2:0:-1]):
        deltas.append(deltas[-1] @ W * a * (1 - a))
    deltas = deltas[::-1]
    return [(d.T @ a, d.sum(axis=0)) for d, a in zip(deltas, acts[1:])]
