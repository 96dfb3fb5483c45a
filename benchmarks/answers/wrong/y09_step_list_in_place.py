import numpy as np

def step(params, x, y, learning_rate):
    net = [[W.copy(), b.copy()] for W, b in params]
    acts = [x]
    for i, (W, b) in enumerate(net):
        z = acts[-1] @ W.T + b
        acts.append(np.tanh(z) if i < len(net) - 1 else 1 / (1 + np.exp(-z)))
    delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1]) / len(x)
    for i in reversed(range(len(net))):
        net[i][0] -= learning_rate * delta.T @ acts[i]
        net[i][1] -= learning_rate * delta.sum(axis=0)
        if i > 0:
            delta = delta @ net[i][0] * (1 - acts[i] ** 2)
    return [(W, b) for W, b in net]
