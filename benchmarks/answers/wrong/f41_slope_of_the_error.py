import numpy as np

def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

def backward(params, x, y):
    (syn0, b0), (syn1, b1) = params
    l1 = nonlin(x @ syn0.T + b0)
    l2 = nonlin(l1 @ syn1.T + b1)
    l2_error = (l2 - y) / len(x)
    l2_delta = nonlin(l2 - y, deriv=True) / len(x)
    l1_error = l2_delta @ syn1
    l1_delta = l1_error * nonlin(l1, deriv=True)
    return [(l1_delta.T @ x, l1_delta.sum(axis=0)), (l2_delta.T @ l1, l2_delta.sum(axis=0))]
