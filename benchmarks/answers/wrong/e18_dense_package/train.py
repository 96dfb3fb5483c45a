import numpy as np
from layers import Dense, Tanh, Sigmoid

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    net = [Dense(W1, b1), Tanh(), Dense(W2, b2), Sigmoid()]
    out = x
    for layer in net:
        out = layer.forward(out)
    grad = (out - y) / len(x)
    for layer in reversed(net):
        grad = layer.backward(grad)
    return [(net[0].dW, net[0].db), (net[2].dW, net[2].db)]
