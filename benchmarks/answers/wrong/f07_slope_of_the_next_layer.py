import numpy as np

def backward(params, x, y):
    # hidden layers are tanh, the output is a sigmoid
    acts = [x]
    for n, (W, b) in enumerate(params):
        z = acts[-1] @ W.T + b
        if n == len(params) - 1:
            acts.append(1 / (1 + np.exp(-z)))
        else:
            acts.append(np.tanh(z))
    out = acts[-1]
    grads = []
    delta = (out - y) * out * (1 - out) / len(x)
    for l in reversed(range(len(params))):
        W, b = params[l]
        grads.append((delta.T @ acts[l], delta.sum(axis=0)))
        if l > 0:
            delta = (delta @ W) * (1 - acts[max(l - 1, 1)] ** 2)
    return grads[::-1]
