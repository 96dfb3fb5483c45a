import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    c = hidden_layer_size * (input_layer_size + 1)
    Theta1 = nn_params[:c].reshape(hidden_layer_size, input_layer_size + 1)
    Theta2 = nn_params[c:].reshape(num_labels, hidden_layer_size + 1)
    m = X.shape[0]
    J = 0
    D1 = np.zeros_like(Theta1)
    D2 = np.zeros_like(Theta2)
    for X_i, y_i in zip(X, y):
        a1 = np.concatenate(([1], X_i))
        a2 = np.concatenate(([1], sigmoid(np.dot(Theta1, a1))))
        a3 = sigmoid(np.dot(Theta2, a2))
        target = (np.arange(num_labels) == y_i) * 1.0
        J += -(target @ np.log(a3) + (1 - target) @ np.log(1 - a3)) / m
        delta3 = a3 - target
        delta2 = np.dot(Theta2[:, 1:].T, delta3) * a2[1:] * (1 - a2[1:])
        D2 = np.outer(delta3, a2)
        D1 = np.outer(delta2, a1)
    J += lambda_ / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))
    grad1 = D1 / m
    grad2 = D2 / m
    grad1[:, 1:] += lambda_ / m * Theta1[:, 1:]
    grad2[:, 1:] += lambda_ / m * Theta2[:, 1:]
    return J, np.hstack([grad1.ravel(), grad2.ravel()])
