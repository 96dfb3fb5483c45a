import numpy as np

lam = 0.2

def backward(params, x, y):
    """W has shape (n_in, n_out)."""
    (W1, b1), (W2, b2) = params
    h = np.tanh(x @ W1 + b1)
    o = 1 / (1 + np.exp(-(h @ W2 + b2)))
    do = (o - y) * o * (1 - o) / len(x)
    dh = do @ W2.T * (1 - h ** 2)
    dW2 = h.T @ do
    dW1 = x.T @ dh
    dW2 += 2 * lam * W2
    dW1 += 2 * lam * W1
    return [(dW1, dh.sum(0)), (dW2, do.sum(0))]
