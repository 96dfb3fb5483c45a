import numpy as np

def sig(t):
    return 1 / (1 + np.exp(-t))

def forward(params, x):
    (W1, b1), (W2, b2) = params
    return sig(np.tanh(x @ W1.T + b1) @ W2.T + b2)

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    N = x.shape[0]
    hid = np.tanh(x @ W1.T + b1)
    out = sig(hid @ W2.T + b2)
    d_out = (out - y) * out * (1 - out) / N
    g_W2 = d_out.T @ hid
    g_b2 = d_out.sum(0)
    d_hid = (d_out @ W2) * hid * (1 - hid)
    g_W1 = d_hid.T @ x
    g_b1 = d_hid.sum(0)
    return [(g_W1, g_b1), (g_W2, g_b2)]
