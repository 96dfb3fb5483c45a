import numpy as np
import activations as act

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    z1 = x @ W1.T + b1
    h = act.tanh(z1)
    z2 = h @ W2.T + b2
    p = act.sigmoid(z2)
    d2 = (p - y) * act.d_sigmoid(z2) / len(y)
    d1 = d2 @ W2 * act.d_tanh(z1)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ h, d2.sum(axis=0))]
