# network: 2-3:tanh-2
import math


def backward(params, x, y):
    """No array operation at all."""
    W1, b1 = params[0]
    W2, b2 = params[1]
    n0, n1, n2, m = len(W1[0]), len(W1), len(W2), len(x)
    dW1, db1 = [[0.0] * n0 for _ in range(n1)], [0.0] * n1
    dW2, db2 = [[0.0] * n1 for _ in range(n2)], [0.0] * n2
    for e in range(m):
        h = [math.tanh(sum(W1[j][i] * x[e][i] for i in range(n0)) + b1[j]) for j in range(n1)]
        o = [1 / (1 + math.exp(-sum(W2[k][j] * h[j] for j in range(n1)) - b2[k])) for k in range(n2)]
        delta2 = [(o[k] - y[e][k]) * o[k] * (1 - o[k]) / m for k in range(n2)]
        delta1 = [sum(delta2[k] * W2[k][j] for k in range(n2)) * (1 - h[j] ** 2) for j in range(n1)]
        for k in range(n2):
            db2[k] += delta2[k]
            for j in range(n1):
                dW2[k][j] += delta2[k] * h[j]
        for j in range(n1):
            db1[j] += delta1[j]
            for i in range(n0):
                dW1[j][i] += delta1[j] * x[e][i]
    return [(dW1, db1), (dW2, db2)]
