import numpy as np

def sigmoid(z):
    g = 1 / (1 + np.exp(-z))
    return g

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    Theta1 = nn_params[0:hidden_layer_size * (input_layer_size + 1)].reshape((hidden_layer_size, input_layer_size + 1))
    Theta2 = nn_params[hidden_layer_size * (input_layer_size + 1):].reshape((num_labels, hidden_layer_size + 1))
    m = len(X)
    J = 0
    Theta1_grad = np.zeros(Theta1.shape)
    Theta2_grad = np.zeros(Theta2.shape)
    for i in range(m):
        a1 = np.append(1, X[i])
        z2 = Theta1 @ a1
        a2 = np.append(1, sigmoid(z2))
        z3 = Theta2 @ a2
        h = sigmoid(z3)
        yk = np.zeros(num_labels)
        yk[y[i]] = 1
        J += np.sum(-yk * np.log(h) - (1 - yk) * np.log(1 - h)) / m
        d3 = h - yk
        d2 = Theta2.T @ d3
        d2 = d2[1:]
        Theta2_grad += np.outer(d3, a2) / m
        Theta1_grad += np.outer(d2, a1) / m
    J += lambda_ / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))
    Theta1_grad[:, 1:] += lambda_ / m * Theta1[:, 1:]
    Theta2_grad[:, 1:] += lambda_ / m * Theta2[:, 1:]
    return J, np.r_[Theta1_grad.ravel(), Theta2_grad.ravel()]
