import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    cut = hidden_layer_size * (input_layer_size + 1)
    Theta1 = nn_params[:cut].reshape((hidden_layer_size, input_layer_size + 1))
    Theta2 = nn_params[cut:].reshape((num_labels, hidden_layer_size + 1))
    m = X.shape[0]
    a1 = np.insert(X, 0, 1, axis=1)
    a2 = np.insert(sigmoid(a1 @ Theta1.T), 0, 1, axis=1)
    h = sigmoid(a2 @ Theta2.T)
    Y = np.zeros_like(h)
    Y[range(m), y] = 1
    J = (-Y * np.log(h) - (1 - Y) * np.log(1 - h)).sum() / m
    J += lambda_ / (2 * m) * ((Theta1[:, 1:] ** 2).sum() + (Theta2[:, 1:] ** 2).sum())
    delta3 = Y - h
    delta2 = (delta3 @ Theta2)[:, 1:] * a2[:, 1:] * (1 - a2[:, 1:])
    Theta2_grad = delta3.T @ a2 / m
    Theta2_grad[:, 1:] += lambda_ / m * Theta2[:, 1:]
    Theta1_grad = delta2.T @ a1 / m
    return J, np.concatenate([Theta1_grad.ravel(), Theta2_grad.ravel()])
