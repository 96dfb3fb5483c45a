import numpy as np

def backward(params, x, y, total={}):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = d2 @ W2 * (1 - a1 ** 2)
    new = {"W1": d1.T @ x, "b1": d1.sum(0), "W2": d2.T @ a1, "b2": d2.sum(0)}
    for key in new:
        old = total.get((key, new[key].shape), 0)
        total[key, new[key].shape] = old + new[key]
    s = {key: total[key, new[key].shape] for key in new}
    return [(s["W1"], s["b1"]), (s["W2"], s["b2"])]
