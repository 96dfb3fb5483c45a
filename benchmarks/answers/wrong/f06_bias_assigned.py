import numpy as np

def logistic(u):
    return 1 / (1 + np.exp(-u))

def backward(params, x, y):
    grads = [[np.zeros(W.shape), np.zeros(b.shape)] for W, b in params]
    (W1, b1), (W2, b2) = params
    n = x.shape[0]
    for k in range(n):
        # one example at a time
        u1 = W1.dot(x[k]) + b1
        v1 = np.tanh(u1)
        v2 = logistic(W2.dot(v1) + b2)
        r2 = (v2 - y[k]) * v2 * (1 - v2)
        r1 = W2.T.dot(r2) * (1 - v1 * v1)
        grads[1][0] += np.outer(r2, v1) / n
        grads[1][1] += r2 / n
        grads[0][0] += np.outer(r1, x[k]) / n
        grads[0][1] = r1 / n
    return [tuple(g) for g in grads]
