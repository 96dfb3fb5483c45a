import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_gradient(z):
    return np.multiply(sigmoid(z), (1 - sigmoid(z)))


def nn_cost_function(nn_params, input_size, hidden_size, num_labels, X, y, lambda_):
    theta1 = np.reshape(nn_params[:hidden_size * (input_size + 1)], (hidden_size, input_size + 1))
    theta2 = np.reshape(nn_params[hidden_size * (input_size + 1):], (num_labels, hidden_size + 1))
    m = X.shape[0]
    a1 = np.insert(X, 0, values=np.ones(m), axis=1)
    z2 = a1 @ theta1.T
    a2 = np.insert(sigmoid(z2), 0, values=np.ones(m), axis=1)
    z3 = a2 @ theta2.T
    h = sigmoid(z3)
    y_onehot = np.zeros((m, num_labels))
    for i in range(m):
        y_onehot[i, int(y[i])] = 1
    J = 0
    for i in range(m):
        J += np.sum(-y_onehot[i] * np.log(h[i]) - (1 - y_onehot[i]) * np.log(1 - h[i]))
    J = J / m + lambda_ / (2 * m) * (np.sum(theta1[:, 1:] ** 2) + np.sum(theta2[:, 1:] ** 2))
    delta1 = np.zeros(theta1.shape)
    delta2 = np.zeros(theta2.shape)
    for t in range(m):
        d3t = h[t] - y_onehot[t]
        d2t = (theta2.T @ d3t)[1:] * sigmoid_gradient(a2[t, 1:])
        delta1 += np.outer(d2t, a1[t])
        delta2 += np.outer(d3t, a2[t])
    delta1 /= m
    delta2 /= m
    delta1[:, 1:] += theta1[:, 1:] * lambda_ / m
    delta2[:, 1:] += theta2[:, 1:] * lambda_ / m
    return J, np.concatenate((np.ravel(delta1), np.ravel(delta2)))
