import numpy as np

softplus = lambda z: np.log1p(np.exp(z))
sigmoid = lambda z: 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z = x @ W1.T + b1
    a = softplus(z)
    yhat = sigmoid(a @ W2.T + b2)
    grad_out = (yhat - y) * yhat * (1 - yhat) / x.shape[0]
    grad_a = grad_out @ W2
    grad_z = grad_a / (1 + np.exp(z))
    return [(grad_z.T @ x, grad_z.sum(axis=0)), (grad_out.T @ a, grad_out.sum(axis=0))]
