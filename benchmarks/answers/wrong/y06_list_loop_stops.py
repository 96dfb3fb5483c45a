import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    layers = [{"W": W, "b": b, "dW": 0 * W, "db": 0 * b} for W, b in params]
    a = x
    for layer in layers:
        layer["in"] = a
        z = a @ layer["W"].T + layer["b"]
        a = sigmoid(z) if layer is layers[-1] else np.tanh(z)
    delta = (a - y) * a * (1 - a) / len(x)
    for i in range(len(layers) - 1, 0, -1):
        layer = layers[i]
        layer["dW"] = delta.T @ layer["in"]
        layer["db"] = delta.sum(axis=0)
        delta = delta @ layer["W"] * (1 - layer["in"] ** 2)
    return [(layer["dW"], layer["db"]) for layer in layers]
