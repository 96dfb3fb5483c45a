import math

def sig(t):
    return 1.0 / (1.0 + math.exp(-t))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    I, H, O, M = len(W1[0]), len(W1), len(W2), len(x)
    dW1 = [[0.0] * I for _ in range(H)]
    db1 = [0.0] * H
    dW2 = [[0.0] * H for _ in range(O)]
    db2 = [0.0] * O
    for n in range(M):
        h = [sig(b1[j] + sum(W1[j][i] * x[n][i] for i in range(I))) for j in range(H)]
        o = [sig(b2[k] + sum(W2[k][j] * h[j] for j in range(H))) for k in range(O)]
        d = [(o[k] - y[n][k]) * o[k] * (1 - o[k]) / M for k in range(O)]
        for k in range(O):
            db2[k] += d[k]
            for j in range(H):
                dW2[k][j] += d[k] * h[j]
        for j in range(H):
            e = h[j] * (1 - h[j]) * sum(d[k] * W2[k][j] for k in range(O))
            db1[j] += e
            for i in range(I):
                dW1[j][i] += e * h[i]
    return [(dW1, db1), (dW2, db2)]
