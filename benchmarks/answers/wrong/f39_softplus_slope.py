import numpy as np

def softplus(z):
    return np.log(1 + np.exp(z))

def softplus_prime(z):
    return np.exp(z)

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    z1 = x @ W1.T + b1
    a1 = softplus(z1)
    a2 = sigmoid(a1 @ W2.T + b2)
    delta = (a2 - y) * a2 * (1 - a2) / x.shape[0]
    nabla_W2 = delta.T @ a1
    nabla_b2 = delta.sum(axis=0)
    delta = (delta @ W2) * softplus_prime(z1)
    nabla_W1 = delta.T @ x
    nabla_b1 = delta.sum(axis=0)
    return [(nabla_W1, nabla_b1), (nabla_W2, nabla_b2)]
