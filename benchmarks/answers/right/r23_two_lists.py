import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def backward(weights, biases, x, y):
    acts = [x]
    for w, b in zip(weights, biases):
        acts.append(sigmoid(acts[-1] @ w.T + b))
    delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
    dw, db = [], []
    for i in reversed(range(len(weights))):
        dw.insert(0, delta.T @ acts[i] / len(x))
        db.insert(0, delta.mean(axis=0))
        delta = delta @ weights[i] * acts[i] * (1 - acts[i])
    return dw, db
