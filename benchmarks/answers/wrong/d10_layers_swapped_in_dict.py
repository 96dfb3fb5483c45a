import numpy as np

def forward_propagation(X, parameters):
    A1 = np.tanh(parameters["W1"] @ X + parameters["b1"])
    A2 = 1 / (1 + np.exp(-(parameters["W2"] @ A1 + parameters["b2"])))
    return A2, {"A1": A1, "A2": A2}

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    A1 = cache["A1"]
    A2 = cache["A2"]
    dZ2 = A2 - Y
    dZ1 = parameters["W2"].T @ dZ2 * (1 - A1 ** 2)
    g2 = dZ2 @ A1.T / m
    g1 = dZ1 @ X.T / m
    h2 = dZ2.sum(axis=1, keepdims=True) / m
    h1 = dZ1.sum(axis=1, keepdims=True) / m
    return {"dW1": g2, "db1": h1, "dW2": g1, "db2": h2}
