import numpy as np


def backward(params, x, y):
    (w1, c1), (w2, c2) = params
    batch = x.shape[0]
    s = x @ w1.T + c1
    r = s * (s > 0)
    t = r @ w2.T + c2
    t = t - t.max(axis=1, keepdims=True)
    q = np.exp(t)
    q = q / q.sum(axis=1, keepdims=True)
    gt = (q - y) / batch
    gr = gt @ w2
    gs = np.zeros_like(gr)
    for i in range(gr.shape[0]):
        for j in range(gr.shape[1]):
            if gr[i, j] > 0:
                gs[i, j] = gr[i, j]
    return [(gs.T @ x, gs.sum(axis=0)), (gt.T @ r, gt.sum(axis=0))]
