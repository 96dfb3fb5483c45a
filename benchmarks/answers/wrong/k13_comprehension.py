import numpy as np

def backward(params, x, y):
    Ws = [W for W, _ in params]
    bs = [b for _, b in params]
    a1 = np.tanh(x @ Ws[0].T + bs[0])
    a2 = 1 / (1 + np.exp(-(a1 @ Ws[1].T + bs[1])))
    m = x.shape[0]
    deltas = [None, (a2 - y) * a2 * (1 - a2) / m]
    deltas[0] = (deltas[1] @ Ws[1]) * (1 - a1 ** 2)
    dWs = [d.T @ a for d, a in zip(deltas, [x, a1])]
    dbs = [np.zeros_like(b) for b in bs]
    return list(zip(dWs, dbs))
