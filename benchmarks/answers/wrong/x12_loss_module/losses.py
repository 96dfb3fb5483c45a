import numpy as np

def mse(pred, y):
    return np.mean((pred - y) ** 2)

def mse_grad(pred, y):
    return (pred - y) / pred.size
