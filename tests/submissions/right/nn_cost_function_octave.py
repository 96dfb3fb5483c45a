# network: 4-5-3/bce+l2=0.5
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, Lambda):
    split = hidden_layer_size * (input_layer_size + 1)
    Theta1 = np.reshape(nn_params[:split], (hidden_layer_size, input_layer_size + 1), order="F")
    Theta2 = np.reshape(nn_params[split:], (num_labels, hidden_layer_size + 1), order="F")
    m = len(y)
    Y = np.eye(num_labels)[y[:, 0] - 1]
    a1 = np.column_stack((np.ones(m), X))
    a2 = np.column_stack((np.ones(m), sigmoid(a1 @ Theta1.T)))
    h = sigmoid(a2 @ Theta2.T)
    J = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m
    J += Lambda / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))
    d3 = h - Y
    d2 = (d3 @ Theta2)[:, 1:] * a2[:, 1:] * (1 - a2[:, 1:])
    grad1, grad2 = d2.T @ a1 / m, d3.T @ a2 / m
    grad1[:, 1:] += Lambda / m * Theta1[:, 1:]
    grad2[:, 1:] += Lambda / m * Theta2[:, 1:]
    return J, np.concatenate((grad1.ravel(order="F"), grad2.ravel(order="F")))
