import math

def sigmoid(t):
    return 1 / (1 + math.exp(-t))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m, n_in, n_h, n_o = len(x), len(W1[0]), len(W1), len(W2)
    gW1 = [[0.0] * n_in for _ in range(n_h)]
    gb1 = [0.0] * n_h
    gW2 = [[0.0] * n_h for _ in range(n_o)]
    gb2 = [0.0] * n_o
    for s in range(m):
        h = [math.tanh(sum(W1[j][i] * x[s][i] for i in range(n_in)) + b1[j]) for j in range(n_h)]
        o = [sigmoid(sum(W2[k][j] * h[j] for j in range(n_h)) + b2[k]) for k in range(n_o)]
        dk = [(o[k] - y[s][k]) * o[k] * (1 - o[k]) / m for k in range(n_o)]
        for k in range(n_o):
            gb2[k] += dk[k]
            for j in range(n_h):
                gW2[k][j] += dk[k] * h[j]
        for j in range(n_h):
            dj = sum(dk[k] * W2[k][j] for k in range(n_o)) * (1 - h[j] ** 2)
            gb1[j] += dj
            for i in range(n_in):
                gW1[j][i] += dj * x[s][j]
    return [(gW1, gb1), (gW2, gb2)]
