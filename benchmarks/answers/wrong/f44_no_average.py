import numpy as np

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    dW1, db1 = np.zeros(W1.shape), np.zeros(b1.shape)
    dW2, db2 = np.zeros(W2.shape), np.zeros(b2.shape)
    for t in range(len(x)):
        # forward pass of one example
        a1 = np.tanh(W1 @ x[t] + b1)
        a2 = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
        # backward pass
        d2 = (a2 - y[t]) * a2 * (1 - a2)
        d1 = (W2.T @ d2) * (1 - a1 * a1)
        dW2 += np.outer(d2, a1)
        db2 += d2
        dW1 += np.outer(d1, x[t])
        db1 += d1
    return [(dW1, db1), (dW2, db2)]
