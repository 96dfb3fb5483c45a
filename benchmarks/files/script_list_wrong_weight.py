import numpy as np

np.random.seed(42)
X = np.random.randn(50, 4)
T = np.random.rand(50, 2)
dims = [4, 3, 3, 2]
Ws = [np.random.randn(a, b) * 0.3 for a, b in zip(dims[:-1], dims[1:])]
bs = [np.zeros((1, b)) for b in dims[1:]]
for it in range(400):
    As = [X]
    for W, b in zip(Ws, bs):
        As.append(1 / (1 + np.exp(-(As[-1] @ W + b))))
    delta = (As[-1] - T) * As[-1] * (1 - As[-1]) / len(X)
    grads = []
    for k in (2, 1, 0):
        grads.append((As[k].T @ delta, delta.sum(0, keepdims=True)))
        if k:
            delta = delta @ Ws[k].T * As[k] * (1 + As[k])
    for k, (gW, gb) in enumerate(reversed(grads)):
        Ws[k] = Ws[k] - 0.3 * gW
        bs[k] = bs[k] - 0.3 * gb
