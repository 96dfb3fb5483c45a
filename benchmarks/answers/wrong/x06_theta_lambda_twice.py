import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    k = hidden_layer_size * (input_layer_size + 1)
    theta1 = nn_params[:k].reshape(hidden_layer_size, input_layer_size + 1)
    theta2 = nn_params[k:].reshape(num_labels, hidden_layer_size + 1)
    m = len(X)
    a1 = np.concatenate([np.ones((m, 1)), X], axis=1)
    z2 = a1 @ theta1.T
    a2 = np.concatenate([np.ones((m, 1)), sigmoid(z2)], axis=1)
    a3 = sigmoid(a2 @ theta2.T)
    yy = np.identity(num_labels)[y]
    J = np.sum(-yy * np.log(a3) - (1 - yy) * np.log(1 - a3)) / m
    J = J + lambda_ / (2 * m) * (np.sum(theta1[:, 1:] ** 2) + np.sum(theta2[:, 1:] ** 2))
    d3 = a3 - yy
    d2 = (d3 @ theta2[:, 1:]) * sigmoid(z2) * (1 - sigmoid(z2))
    reg1 = np.hstack([np.zeros((hidden_layer_size, 1)), theta1[:, 1:]])
    reg2 = np.hstack([np.zeros((num_labels, 1)), theta2[:, 1:]])
    g1 = d2.T @ a1 / m + 2 * lambda_ / m * reg1
    g2 = d3.T @ a2 / m + 2 * lambda_ / m * reg2
    return J, np.concatenate([g1.ravel(), g2.ravel()])
