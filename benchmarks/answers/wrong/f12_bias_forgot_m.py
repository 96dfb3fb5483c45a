import numpy as np

def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)

def forward(params, x):
    W1, b1 = params[0]
    W2, b2 = params[1]
    return softmax(np.tanh(x @ W1.T + b1) @ W2.T + b2)

def loss(params, x, y):
    return -np.sum(y * np.log(forward(params, x))) / len(x)

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = softmax(a1 @ W2.T + b2)
    dz2 = a2 - y
    dW2 = (1 / m) * dz2.T @ a1
    db2 = np.sum(dz2, axis=0)
    dz1 = (dz2 @ W2) * (1 - np.power(a1, 2))
    dW1 = (1 / m) * dz1.T @ x
    db1 = np.sum(dz1, axis=0)
    return [(dW1, db1), (dW2, db2)]
