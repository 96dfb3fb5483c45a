import numpy as np

def sigmoid(x, deriv=False):
    # deriv=True erwartet die Aktivierung, nicht z
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

def backward(params, x, y):
    layers = [x]
    for W, b in params:
        layers.append(sigmoid(layers[-1].dot(W.T) + b))
    delta = (layers[-1] - y) * sigmoid(layers[-1], deriv=True) / x.shape[0]
    grads = []
    for i in range(len(params) - 1, -1, -1):
        grads.append((delta.T.dot(layers[i]), delta.sum(axis=0)))
        delta = delta.dot(params[i][0]) * sigmoid(layers[i], deriv=True)
    return grads[::-1]
