import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(Ws, bs, x, y):
    acts = [x]
    for W, b in zip(Ws[:-1], bs[:-1]):
        acts.append(np.tanh(acts[-1] @ W.T + b))
    acts.append(sigmoid(acts[-1] @ Ws[-1].T + bs[-1]))
    deltas = [None] * len(Ws)
    deltas[-1] = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
    for i in range(len(Ws) - 2, -1, -1):
        deltas[i] = deltas[i + 1] @ Ws[i] * (1 - acts[i + 1] ** 2)
    m = x.shape[0]
    dWs = [d.T @ a / m for d, a in zip(deltas, acts)]
    dbs = [np.mean(d, axis=0) for d in deltas]
    return dWs, dbs
