# network: 4-1/bce
from math import exp

import numpy as np


def compute_gradient(X, y, w, b, *argv):
    m, n = X.shape
    dj_dw = np.zeros(w.shape)
    dj_db = 0.0
    for i in range(m):
        z = b
        for j in range(n):
            z += X[i, j] * w[j]
        error = 1 / (1 + exp(-z)) - y[i]
        dj_db += error
        for j in range(n):
            dj_dw[j] += error * X[i][j]
    return dj_db / m, dj_dw / m
