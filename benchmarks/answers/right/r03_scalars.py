from math import exp

def sig(t):
    return 1 / (1 + exp(-t))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    dW1 = [[0.0 for _ in r] for r in W1]
    dW2 = [[0.0 for _ in r] for r in W2]
    db1 = [0.0 for _ in b1]
    db2 = [0.0 for _ in b2]
    m = len(x)
    for xi, yi in zip(x, y):
        h = [sig(sum(w * v for w, v in zip(row, xi)) + b) for row, b in zip(W1, b1)]
        o = [sig(sum(w * v for w, v in zip(row, h)) + b) for row, b in zip(W2, b2)]
        eo = [(p - t) * p * (1 - p) for p, t in zip(o, yi)]
        eh = [sum(eo[k] * W2[k][j] for k in range(len(eo))) * h[j] * (1 - h[j]) for j in range(len(h))]
        for k, e in enumerate(eo):
            db2[k] += e / m
            for j, v in enumerate(h):
                dW2[k][j] += e * v / m
        for j, e in enumerate(eh):
            db1[j] += e / m
            for i, v in enumerate(xi):
                dW1[j][i] += e * v / m
    return [(dW1, db1), (dW2, db2)]
