import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    """Implements the neural network cost function for a two layer neural network."""
    Theta1 = nn_params[:hidden_layer_size * (input_layer_size + 1)].reshape(hidden_layer_size, input_layer_size + 1)
    Theta2 = nn_params[hidden_layer_size * (input_layer_size + 1):].reshape(num_labels, hidden_layer_size + 1)
    m = X.shape[0]
    ones = np.ones((m, 1))
    a1 = np.hstack((ones, X))
    a2 = np.hstack((ones, sigmoid(a1 @ Theta1.T)))
    a3 = sigmoid(a2 @ Theta2.T)
    Y = np.eye(num_labels)[y, :]
    J = -1 / m * np.sum(Y * np.log(a3) + (1 - Y) * np.log(1 - a3))
    J += lambda_ / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))
    d3 = a3 - Y
    d2 = (d3 @ Theta2 * a2 * (1 - a2))[:, 1:]
    Theta1_grad = 1 / m * d2.T @ a1
    Theta2_grad = 1 / m * d3.T @ a2
    Theta2_grad[:, 1:] = Theta2_grad[:, 1:] + lambda_ * Theta2[:, 1:]
    Theta1_grad[:, 1:] = Theta1_grad[:, 1:] + lambda_ * Theta1[:, 1:]
    return J, np.concatenate([Theta1_grad.ravel(), Theta2_grad.ravel()])
