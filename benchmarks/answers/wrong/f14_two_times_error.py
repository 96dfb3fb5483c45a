import numpy as np

def sigmoid(z): return 1 / (1 + np.exp(-z))
def dsigmoid(a): return a * (1 - a)
def dtanh(a): return 1 - a ** 2
def dcost(a, y): return 2 * (a - y)

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    g2 = dcost(a2, y) * dsigmoid(a2)
    g1 = (g2 @ W2) * dtanh(a1)
    m = x.shape[0]
    return [(g1.T @ x / m, g1.sum(0) / m), (g2.T @ a1 / m, g2.sum(0) / m)]
