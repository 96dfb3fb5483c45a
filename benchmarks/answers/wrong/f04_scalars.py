from math import exp, tanh


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    n_hid, n_in = len(W1), len(W1[0])
    n_out = len(W2)
    m = len(x)
    dW1 = [[0.0] * n_in for _ in range(n_hid)]
    db1 = [0.0] * n_hid
    dW2 = [[0.0] * n_hid for _ in range(n_out)]
    db2 = [0.0] * n_out
    for e in range(m):
        h = []
        for j in range(n_hid):
            s = b1[j]
            for i in range(n_in):
                s += W1[j][i] * x[e][i]
            h.append(tanh(s))
        o = []
        for k in range(n_out):
            s = b2[k]
            for j in range(n_hid):
                s += W2[k][j] * h[j]
            o.append(1 / (1 + exp(-s)))
        dk = [(o[k] - y[e][k]) * o[k] * (1 - o[k]) for k in range(n_out)]
        for k in range(n_out):
            db2[k] += dk[k] / m
            for j in range(n_hid):
                dW2[k][j] += dk[k] * h[j] / m
        for j in range(n_hid):
            dj = 0.0
            for k in range(n_out):
                dj += dk[k] * W2[k][j]
            db1[j] += dj / m
            for i in range(n_in):
                dW1[j][i] += dj * x[e][i] / m
    return [(dW1, db1), (dW2, db2)]
