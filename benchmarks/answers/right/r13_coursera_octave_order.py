import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    cut = hidden_layer_size * (input_layer_size + 1)
    Theta1 = nn_params[:cut].reshape((hidden_layer_size, input_layer_size + 1), order='F')
    Theta2 = nn_params[cut:].reshape((num_labels, hidden_layer_size + 1), order='F')
    m = X.shape[0]
    A1 = np.c_[np.ones(m), X]
    A2 = np.c_[np.ones(m), sigmoid(A1 @ Theta1.T)]
    A3 = sigmoid(A2 @ Theta2.T)
    Y = np.eye(num_labels)[y.ravel() - 1]
    reg = lambda_ / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))
    J = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m + reg
    D3 = A3 - Y
    D2 = (D3 @ Theta2[:, 1:]) * A2[:, 1:] * (1 - A2[:, 1:])
    G1, G2 = D2.T @ A1 / m, D3.T @ A2 / m
    G1[:, 1:] += lambda_ / m * Theta1[:, 1:]
    G2[:, 1:] += lambda_ / m * Theta2[:, 1:]
    return J, np.r_[G1.ravel(order='F'), G2.ravel(order='F')]
