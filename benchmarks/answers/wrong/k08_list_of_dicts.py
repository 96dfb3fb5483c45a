import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def run(params, x):
    trace = []
    a = x
    for i, (W, b) in enumerate(params):
        z = a @ W.T + b
        step = {"input": a, "z": z}
        a = sigmoid(z) if i == len(params) - 1 else np.where(z > 0, z, 0)
        step["output"] = a
        trace.append(step)
    return trace

def backward(params, x, y):
    trace = run(params, x)
    grads = []
    out = trace[-1]["output"]
    trace[-1]["delta"] = (out - y) * out * (1 - out) / len(x)
    for i in range(len(params) - 2, -1, -1):
        up = trace[i + 1]["delta"] @ params[i + 1][0]
        trace[i]["delta"] = np.where(trace[i]["z"] > 0, 1.0, 0.0)
    for step in trace:
        grads.append((step["delta"].T @ step["input"], step["delta"].sum(axis=0)))
    return grads
