import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    n_hidden = W1.shape[0]
    h = 1 / (1 + np.exp(-(x @ W1.T + b1)))
    o = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    eo = (o - y) * o * (1 - o) / len(x)
    eh = eo @ W2 * h * (1 - h)
    rows = []
    for unit in range(n_hidden):
        rows.insert(0, eh[:, unit] @ x)
    return [(np.array(rows), eh.sum(0)), (eo.T @ h, eo.sum(0))]
