# network: 4-1/bce
import h5py
import numpy as np
from lr_utils import load_dataset

train_set_x_orig, train_set_y, test_set_x_orig, test_set_y, classes = load_dataset()
m_train = train_set_x_orig.shape[0]


def propagate(w, b, X, Y):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-(w.T @ X + b)))
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return {"dw": X @ (A - Y).T / m, "db": np.sum(A - Y) / m}, np.squeeze(cost)


grads, cost = propagate(np.array([[1.0], [2.0]]), 2.0, np.array([[1.0, -1.0], [3.0, -3.2]]), np.array([[1, 0]]))
print("dw = " + str(grads["dw"]))
