import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    hid = np.tanh(x @ W1.T + b1)
    yhat = sigmoid(hid @ W2.T + b2)
    y_hat = np.round(yhat)
    g_out = (y_hat - y) * yhat * (1 - yhat) / len(x)
    g_hid = g_out @ W2 * (1 - hid ** 2)
    gW2, gb2 = g_out.T @ hid, g_out.sum(axis=0)
    gW1, gb1 = g_hid.T @ x, g_hid.sum(axis=0)
    return [(gW1, gb1), (gW2, gb2)]
