import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    split = hidden_layer_size * (input_layer_size + 1)
    Theta1 = nn_params[:split].reshape(hidden_layer_size, input_layer_size + 1)
    Theta2 = nn_params[split:].reshape(num_labels, hidden_layer_size + 1)
    m = X.shape[0]

    # Part 1: feedforward and cost
    A1 = np.column_stack((np.ones(m), X))
    Z2 = A1.dot(Theta1.T)
    A2 = np.column_stack((np.ones(m), sigmoid(Z2)))
    H = sigmoid(A2.dot(Theta2.T))
    Y = np.zeros((m, num_labels))
    Y[np.arange(m), y] = 1
    J = np.sum(-Y * np.log(H) - (1 - Y) * np.log(1 - H)) / m
    J = J + lambda_ / (2.0 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))

    # Part 2: backpropagation
    D3 = H - Y
    D2 = D3.dot(Theta2)[:, 1:] * (A2[:, 1:] * (1 - A2[:, 1:]))
    Delta1 = D2.T.dot(A1)
    Delta2 = D3.T.dot(A2)
    # Part 3: regularization
    Theta1_grad = Delta1 / m + lambda_ / m * Theta1
    Theta2_grad = Delta2 / m + lambda_ / m * np.column_stack((np.zeros(num_labels), Theta2[:, 1:]))
    return J, np.hstack((Theta1_grad.ravel(), Theta2_grad.ravel()))
