import numpy as np
from losses import mse_grad

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = np.maximum(z1, 0)
    pred = a1 @ W2.T + b2
    g = mse_grad(pred, y)
    g1 = (g @ W2) * (z1 > 0)
    return [(g1.T @ x, g1.sum(axis=0)), (g.T @ a1, g.sum(axis=0))]
