import math

def s(t):
    return 1 / (1 + math.exp(-t))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    I, J, K = len(W1[0]), len(W1), len(W2)
    gW1 = [[0.0] * I for _ in range(J)]
    gb1 = [0.0] * J
    gW2 = [[0.0] * J for _ in range(K)]
    gb2 = [0.0] * K
    M = len(x)
    for m in range(M):
        h = [s(b1[j] + sum(W1[j][i] * x[m][i] for i in range(I))) for j in range(J)]
        o = [s(b2[k] + sum(W2[k][j] * h[j] for j in range(J))) for k in range(K)]
        do = [(o[k] - y[m][k]) * o[k] * (1 - o[k]) / M for k in range(K)]
        dh = [sum(do[k] * W2[k][k] for k in range(K)) * h[j] * (1 - h[j]) for j in range(J)]
        for k in range(K):
            gb2[k] += do[k]
            for j in range(J):
                gW2[k][j] += do[k] * h[j]
        for j in range(J):
            gb1[j] += dh[j]
            for i in range(I):
                gW1[j][i] += dh[j] * x[m][i]
    return [(gW1, gb1), (gW2, gb2)]
