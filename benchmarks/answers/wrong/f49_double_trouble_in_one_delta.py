import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    yhat = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    # derivative of the squared error
    dz2 = 2 * (yhat - y) / len(x)
    dW2 = dz2.T @ a1
    db2 = dz2.sum(axis=0)
    dz1 = (dz2 @ W2) * (1 - a1 ** 2)
    dW1 = dz1.T @ x
    db1 = dz1.sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
