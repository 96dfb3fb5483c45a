# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backward(params, x, y):
    ws, bs = zip(*params)
    acts = [x]
    for w, b in zip(ws, bs):
        acts.append(sigmoid(np.matmul(acts[-1], w.transpose()) + b))
    deltas = [(acts[-1] - y) * acts[-1] * (1.0 - acts[-1])]
    for w, a in zip(ws[:0:-1], acts[-2:0:-1]):
        deltas.insert(0, np.matmul(deltas[0], w) * a * (1.0 - a))
    n = float(len(x))
    return [d.T.dot(a) / n for d, a in zip(deltas, acts)], [d.mean(axis=0) for d in deltas]
