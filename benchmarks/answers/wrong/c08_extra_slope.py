import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def sg(z):
    return sigmoid(z) * (1 - sigmoid(z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    Theta1 = nn_params[:hidden_layer_size * (input_layer_size + 1)].reshape(hidden_layer_size, input_layer_size + 1)
    Theta2 = nn_params[hidden_layer_size * (input_layer_size + 1):].reshape(num_labels, hidden_layer_size + 1)
    m = X.shape[0]
    a1 = np.column_stack([np.ones(m), X])
    z2 = a1 @ Theta1.T
    a2 = np.column_stack([np.ones(m), sigmoid(z2)])
    z3 = a2 @ Theta2.T
    h = sigmoid(z3)
    Y = np.eye(num_labels)[y.astype(int)]
    cost = -np.sum(np.multiply(Y, np.log(h)) + np.multiply(1 - Y, np.log(1 - h))) / m
    cost += lambda_ / (2 * m) * sum((t[:, 1:] ** 2).sum() for t in (Theta1, Theta2))
    delta3 = (h - Y) * sg(z3)
    delta2 = delta3 @ Theta2[:, 1:] * sg(z2)
    grads = []
    for t, d, a in ((Theta1, delta2, a1), (Theta2, delta3, a2)):
        g = d.T @ a / m
        g[:, 1:] += lambda_ / m * t[:, 1:]
        grads.append(g.ravel())
    return cost, np.concatenate(grads)
