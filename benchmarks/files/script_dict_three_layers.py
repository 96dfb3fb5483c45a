import numpy as np

rng = np.random.default_rng(0)
sizes = [3, 5, 4, 2]
X = rng.normal(size=(30, 3))
Y = rng.normal(size=(30, 2))
p = {}
for l in range(1, 4):
    p[f"W{l}"] = rng.normal(size=(sizes[l - 1], sizes[l])) / np.sqrt(sizes[l - 1])
    p[f"b{l}"] = np.zeros(sizes[l])
lr = 0.01
for epoch in range(2000):
    h1 = np.maximum(0, X @ p["W1"] + p["b1"])
    h2 = np.maximum(0, h1 @ p["W2"] + p["b2"])
    out = h2 @ p["W3"] + p["b3"]
    loss = ((out - Y) ** 2).mean()
    d3 = 2 * (out - Y) / Y.size
    d2 = d3 @ p["W3"].T * (h2 > 0)
    d1 = d2 @ p["W2"].T * (h1 > 0)
    grads = {"W3": h2.T @ d3, "b3": d3.sum(0), "W2": h1.T @ d2, "b2": d2.sum(0), "W1": X.T @ d1, "b1": d1.sum(0)}
    for k in p:
        p[k] -= lr * grads[k]
